/* Removes trees, also those that their owner may not look into: overlayfs leaves a folder "work" of mode 0. */
#include "remove.h"

#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

DIR *open_list(int folder) {
  int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = own < 0 ? NULL : fdopendir(own);
  if (!list && own >= 0) close(own);
  return list;
}

int remove_children(int folder) {
  DIR *list = open_list(folder);
  if (!list) return -1;
  int result = 0;
  for (struct dirent *entry; result == 0 && (entry = readdir(list));)
    if (!is_dots(entry->d_name)) result = remove_tree(folder, entry->d_name);
  int error = errno;
  closedir(list);
  errno = error;
  return result;
}

int remove_tree(int folder, const char *name) {
  static int depth;
  struct stat status;
  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  if (!S_ISDIR(status.st_mode)) return unlinkat(folder, name, 0);
  if (unlinkat(folder, name, AT_REMOVEDIR) == 0) return 0;
  if (errno != ENOTEMPTY && errno != EEXIST) return -1;
  if (depth == DEEPEST) return errno = ENAMETOOLONG, -1;
  int inner = open_folder(folder, name);
  if (inner < 0 && errno == EACCES && fchmodat(folder, name, 0700, 0) == 0) inner = open_folder(folder, name);
  if (inner < 0) return -1;
  depth++;
  int result = remove_children(inner);
  depth--;
  int error = errno;
  close(inner);
  errno = error;
  return result < 0 ? -1 : unlinkat(folder, name, AT_REMOVEDIR);
}
