/* A change of a layer goes, and what the rootfs has is seen again. */
#include "layer.h"
#include "metadata.h"
#include "remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int discard_children(struct pair inner) {
  DIR *list = open_list(inner.above);
  if (!list) return -1;
  int result = 0;
  for (struct dirent *entry; result == 0 && (entry = readdir(list));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) result = discard_entry(inner, entry->d_name, true);
  int error = errno;
  closedir(list);
  errno = error;
  return result;
}

/* A folder that both have stays, like the rootfs's: a program inside may be in it. */
static int discard_both(struct pair folder, const char *name, bool all) {
  static int depth;
  if (depth == DEEPEST) return errno = ENAMETOOLONG, -1;
  struct pair inner = {open_folder(folder.above, name), open_folder(folder.below, name)};
  int result = inner.above < 0 || inner.below < 0 ? -1 : copy_metadata(inner.below, inner.above);
  depth++;
  if (result == 0 && all) result = discard_children(inner);
  depth--;
  int error = errno;
  if (inner.above >= 0) close(inner.above);
  if (inner.below >= 0) close(inner.below);
  errno = error;
  return result;
}

int discard_entry(struct pair folder, const char *name, bool all) {
  struct stat above, below;
  if (fstatat(folder.above, name, &above, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  bool is_both = S_ISDIR(above.st_mode) && folder.below >= 0 && fstatat(folder.below, name, &below, AT_SYMLINK_NOFOLLOW) == 0 &&
                 S_ISDIR(below.st_mode);
  if (is_both) {
    int file = open_folder(folder.above, name);
    bool hides = file >= 0 && is_opaque(file);
    if (file >= 0) close(file);
    if (!hides) return discard_both(folder, name, all);
  }
  return remove_tree(folder.above, name);
}
