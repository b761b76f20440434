/* What a folder holds, copied into another one. */
#include "copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 64, NOBODY = 65534 /* DEFAULT_OVERFLOWUID of linux/highuid.h */ };

static int copy_below(int from, int to, int depth);

static int open_folder(int folder, const char *name) {
  return openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int close_both(int one, int other, int result) {
  int error = errno;
  if (one >= 0) close(one);
  if (other >= 0) close(other);
  errno = error;
  return result;
}

/*
 * An owner who is not mapped is seen as nobody, or cannot be given (user_namespaces(7)): the file is that one's or root's
 * inside then, and makes no other so. The kernel obeys no setuid bit of such a file either (bprm_fill_uid in fs/exec.c).
 */
static int copy_owner(int to, const char *name, const struct stat *status, mode_t *mode) {
  bool is_given = fchownat(to, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) == 0;
  bool is_known = is_given && status->st_uid != NOBODY && status->st_gid != NOBODY;
  *mode = status->st_mode & (is_known ? 07777 : 01777);
  return is_given || errno == EINVAL ? 0 : -1;
}

/* After its content, which changes the times, and its owner, which takes setuid bits away. */
static int copy_status(int to, const char *name, const struct stat *status) {
  const struct timespec times[] = {status->st_atim, status->st_mtim};
  mode_t mode;
  if (copy_owner(to, name, status, &mode) < 0) return -1;
  if (!S_ISLNK(status->st_mode) && fchmodat(to, name, mode, 0) < 0) return -1;
  return utimensat(to, name, times, AT_SYMLINK_NOFOLLOW);
}

/*
 * Opened once it is known to be a plain file: to open a device or a pipe acts on it. STATUS becomes what is opened: a
 * second writer may have swapped it, and a setuid bit goes with its own content.
 */
static int copy_file(int from, int to, const char *name, struct stat *status) {
  char place[32];
  int found = openat(from, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (found < 0 || fstat(found, status) < 0) return close_both(found, -1, -1);
  if (!S_ISREG(status->st_mode)) {
    errno = ESTALE;
    return close_both(found, -1, -1);
  }
  snprintf(place, sizeof place, "/proc/self/fd/%d", found);
  int source = open(place, O_RDONLY | O_CLOEXEC);
  close(found);
  int made = source < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  ssize_t copied = made < 0 ? -1 : 1;
  while (copied > 0) copied = sendfile(made, source, NULL, 1 << 20);
  return close_both(source, made, (int)copied);
}

static int copy_link(int from, int to, const char *name) {
  char target[PATH_MAX];
  ssize_t length = readlinkat(from, name, target, sizeof target - 1);
  if (length < 0) return -1;
  target[length] = '\0';
  return symlinkat(target, to, name);
}

static int copy_one(int from, int to, const char *name, int depth) {
  struct stat status;
  if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  int result;
  if (S_ISDIR(status.st_mode)) {
    if (mkdirat(to, name, 0700) < 0) return -1;
    int source = open_folder(from, name), made = open_folder(to, name);
    result = source < 0 || made < 0 || fstat(source, &status) < 0 ? -1 : copy_below(source, made, depth + 1);
    close_both(source, made, result);
  } else if (S_ISREG(status.st_mode)) result = copy_file(from, to, name, &status);
  else if (S_ISLNK(status.st_mode)) result = copy_link(from, to, name);
  else result = mknodat(to, name, status.st_mode & (S_IFMT | 0777), status.st_rdev);
  return result < 0 ? -1 : copy_status(to, name, &status);
}

static int copy_below(int from, int to, int depth) {
  int listed = depth > DEEPEST ? -1 : open_folder(from, ".");
  if (depth > DEEPEST) errno = ELOOP;
  DIR *folder = listed < 0 ? NULL : fdopendir(listed);
  if (!folder) return close_both(listed, -1, -1);
  int result = 0;
  for (struct dirent *entry; result == 0 && (errno = 0, entry = readdir(folder));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) result = copy_one(from, to, entry->d_name, depth);
  if (result == 0 && errno != 0) result = -1;
  int error = errno;
  closedir(folder);
  errno = error;
  return result;
}

int copy_folder(int from, int to, bool keeps_top) {
  struct stat status;
  int source = open_folder(from, "."), made = open_folder(to, ".");
  int result = source < 0 || made < 0 || fstat(source, &status) < 0 ? -1 : copy_below(source, made, 0);
  if (result == 0 && !keeps_top) result = copy_status(made, ".", &status);
  return close_both(source, made, result);
}
