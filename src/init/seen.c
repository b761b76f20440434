/*
 * What a container on a layer sees of its rootfs where that was edited meanwhile. What holds for a lower that is changed
 * while it is mounted is undefined (Documentation/filesystems/overlayfs.rst); so it is looked at. overlayfs remembers
 * names: of a file that was replaced or removed the old one is seen until it forgets, and who has it open keeps it.
 */
#include "layer.h"

#include "kernel.h"
#include "metadata.h"
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* OVERLAYFS_SUPER_MAGIC of linux/magic.h. */
static const unsigned long overlay = 0x794c7630;

/* As a remount does it that changes nothing, but without naming the flags that stay. */
int refresh_overlay(const char *pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/root", pid);
  int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), process = open_pid((pid_t)number_of(pid));
  if (root < 0 || process < 0) layer_failed("the container");
  struct statfs status;
  if (fstatfs(root, &status) < 0) layer_failed("its root");
  errno = EINVAL;
  if ((unsigned long)status.f_type != overlay) layer_failed("its root is no overlay");
  if (geteuid() != 0 && enter_namespace(process, CLONE_NEWUSER | CLONE_NEWNS) < 0) layer_failed("its namespaces");
  int filesystem = pick_filesystem(root);
  if (filesystem < 0 || configure_filesystem(filesystem, FSCONFIG_CMD_RECONFIGURE, NULL, NULL) < 0) layer_failed("the overlay");
  close(filesystem);
  close(process);
  return root;
}

/* Whether the layer has something there that the rootfs's is not seen behind. PATH is taken apart. */
static bool layer_has(char *path) {
  int here = open_folder(LAYER, "upper");
  bool has = false, goes_on = here >= 0;
  for (char *name = path, *slash; goes_on && name; name = slash ? slash + 1 : NULL) {
    slash = strchr(name, '/');
    if (slash) *slash = '\0';
    struct stat status;
    if (fstatat(here, name, &status, AT_SYMLINK_NOFOLLOW) < 0) break;
    int next = S_ISDIR(status.st_mode) ? open_folder(here, name) : -1;
    has = next < 0 || is_opaque(next);
    goes_on = !has;
    close(here);
    here = next;
  }
  if (here >= 0) close(here);
  return has;
}

static bool is_missing(void) { return errno == ENOENT || errno == ENOTDIR || errno == ELOOP; }

/* The inode of the one is that of the other where nothing was replaced; its number says so on some file systems alone. */
static bool is_same(const struct stat *one, const struct stat *other) {
  if (S_ISDIR(one->st_mode) || one->st_mode != other->st_mode) return one->st_mode == other->st_mode;
  return one->st_size == other->st_size && memcmp(&one->st_mtim, &other->st_mtim, sizeof one->st_mtim) == 0 &&
         memcmp(&one->st_ctim, &other->st_ctim, sizeof one->st_ctim) == 0;
}

static const char *state_of(int root, const char *path) {
  static const uint64_t inside = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  char *copy = strdup(path);
  if (!copy) layer_failed("the paths");
  bool is_own = layer_has(copy);
  free(copy);
  if (is_own) return "own";
  int below = open_below(ROOTFS, path, O_PATH | O_NOFOLLOW, inside);
  if (below < 0 && !is_missing()) return "unknown";
  int seen = open_below(root, path, O_PATH | O_NOFOLLOW, inside);
  const char *state = "old";
  struct stat one, other;
  if (seen < 0 && errno == EXDEV) state = "own"; /* something is mounted there */
  else if (seen < 0 && is_missing()) state = below < 0 ? "seen" : "old";
  else if (seen < 0) state = errno == ESTALE ? "old" : "unknown";
  else if (below >= 0 && fstat(below, &one) == 0 && fstat(seen, &other) == 0 && is_same(&one, &other)) state = "seen";
  if (below >= 0) close(below);
  if (seen >= 0) close(seen);
  return state;
}

void tell_seen(const char *pid) {
  size_t size;
  char *paths = read_paths(&size);
  int root = refresh_overlay(pid);
  for (char *path = paths; path < paths + size; path += strlen(path) + 1) {
    put_word(state_of(root, path));
    put_word(path);
  }
  free(paths);
}
