/* A change of a layer goes, and what the rootfs has is seen again. */
#include "layer.h"
#include "metadata.h"
#include "remove.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A folder that both have stays, like the rootfs's: a program inside may be in it. */
static int discard_both(struct pair folder, const char *name, bool all) {
  static int depth;
  if (depth == DEEPEST) return errno = ENAMETOOLONG, -1;
  struct pair inner = {open_folder(folder.above, name), open_folder(folder.below, name)};
  int result = inner.above < 0 || inner.below < 0 ? -1 : copy_metadata(inner.below, inner.above);
  depth++;
  if (result == 0 && all) result = act_on_children(discard_entry, inner);
  depth--;
  return close_pair(&inner, result);
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
