/* Removes trees, also those that their owner may not look into: overlayfs leaves a folder "work" of mode 0. */
#include "remove.h"

#include "kernel.h"
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

DIR *open_list(int folder) {
  int own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *list = own < 0 ? NULL : fdopendir(own);
  if (!list && own >= 0) close(own);
  return list;
}

static int depth;
/* The folder that the outermost call empties, and how many folders were brought up to it. */
static int top;
static unsigned long lifted;

static int remove_entries(int folder) {
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

int remove_children(int folder) {
  bool is_outermost = depth == 0;
  if (is_outermost) top = folder;
  unsigned long before;
  int result;
  depth++;
  do {
    before = lifted;
    result = remove_entries(folder);
    /* readdir(3) may have passed the place of a folder that was brought up. */
  } while (is_outermost && result == 0 && lifted != before);
  depth--;
  return result;
}

/*
 * Folders lie deeper in each other than descriptors last: this one goes on in the topmost folder, where the rest of it is
 * removed as what it is now.
 */
static int lift(int folder, const char *name) {
  char higher[64];
  for (;;) {
    snprintf(higher, sizeof higher, ".terrarium-%d-%lu", (int)getpid(), lifted++);
    if (renameat(folder, name, top, higher) == 0) return 0;
    if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) return -1;
  }
}

/* Also one that its owner may not look into. It is changed by a descriptor: the name may be a link by now. */
static int open_closed(int folder, const char *name) {
  int inner = open_folder(folder, name);
  if (inner >= 0 || errno != EACCES) return inner;
  int closed = open_below(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  if (closed < 0) return -1;
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", closed);
  if (chmod(link, 0700) == 0) inner = open_folder(folder, name);
  int error = errno;
  close(closed);
  errno = error;
  return inner;
}

int remove_tree(int folder, const char *name) {
  struct stat status;
  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  if (!S_ISDIR(status.st_mode)) return unlinkat(folder, name, 0);
  if (unlinkat(folder, name, AT_REMOVEDIR) == 0) return 0;
  if (errno != ENOTEMPTY && errno != EEXIST) return -1;
  if (depth == DEEPEST) return lift(folder, name);
  int inner = open_closed(folder, name);
  if (inner < 0) return -1;
  int result = remove_children(inner);
  int error = errno;
  close(inner);
  errno = error;
  return result < 0 ? -1 : unlinkat(folder, name, AT_REMOVEDIR);
}
