/*
 * A change of a layer becomes one of the rootfs. In each moment the two together show what they showed before: a file is
 * renamed from one to the other, and what hides goes after what it hides. So a power cut loses neither side, and who
 * begins again comes to the same end.
 */
#include "kernel.h"
#include "layer.h"
#include "metadata.h"
#include "remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int remove_mark_of(struct pair folder, const char *name) {
  int file = openat(folder.above, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int result = file < 0 ? -1 : remove_marks(file);
  int error = errno;
  if (file >= 0) close(file);
  errno = error;
  return result;
}

/* What it hides goes first, then the mark: with an empty folder below, the folder shows the same without it. */
static int merge(const struct pair *inner) {
  if (!is_opaque(inner->above)) return 0;
  if (remove_children(inner->below) < 0 || fsync(inner->below) < 0) return -1;
  return remove_marks(inner->above);
}

/* Opens both sides of a folder; the rootfs's is made where it has none, with what the layer's is like. */
static int open_both(struct pair folder, const char *name, struct pair *inner, bool *is_new) {
  struct stat status;
  inner->below = -1;
  inner->above = open_folder(folder.above, name);
  if (inner->above < 0) return -1;
  bool is_there = fstatat(folder.below, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_there && !S_ISDIR(status.st_mode)) {
    if (unlinkat(folder.below, name, 0) < 0) return -1;
    is_there = false;
  }
  *is_new = !is_there;
  /* Not for others before it is theirs. */
  if (!is_there && mkdirat(folder.below, name, 0700) < 0) return -1;
  inner->below = open_folder(folder.below, name);
  if (inner->below < 0) return -1;
  if (is_opaque(inner->above)) *is_new = true;
  if (merge(inner) < 0) return -1;
  return *is_new ? copy_metadata(inner->above, inner->below) : 0;
}

int apply_folder(struct pair folder, const char *name) {
  struct pair inner;
  bool is_new;
  return close_pair(&inner, open_both(folder, name, &inner, &is_new));
}

/* The layer keeps the folder, which changes nothing then: a program inside may be in it. */
static int apply_directory(struct pair folder, const char *name, bool all) {
  static int depth;
  struct pair inner;
  struct stat status;
  bool is_new = false;
  if (depth == DEEPEST) return errno = ENAMETOOLONG, -1;
  depth++;
  int result = open_both(folder, name, &inner, &is_new);
  if (result == 0) result = fstat(inner.above, &status);
  if (result == 0) result = copy_metadata(inner.above, inner.below);
  if (result == 0 && (all || is_new)) result = act_on_children(apply_entry, inner);
  if (result == 0) result = futimens(inner.below, (struct timespec[]){status.st_atim, status.st_mtim});
  depth--;
  return close_pair(&inner, result);
}

int apply_entry(struct pair folder, const char *name, bool all) {
  struct stat above, below;
  if (fstatat(folder.above, name, &above, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  bool is_there = fstatat(folder.below, name, &below, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_whiteout(&above)) {
    if (is_there && remove_tree(folder.below, name) < 0) return -1;
    return fsync(folder.below) < 0 ? -1 : unlinkat(folder.above, name, 0);
  }
  if (S_ISDIR(above.st_mode)) return apply_directory(folder, name, all);
  if (remove_mark_of(folder, name) < 0 && errno != EPERM && errno != ENOTSUP) return -1;
  if (is_there && S_ISDIR(below.st_mode) && remove_tree(folder.below, name) < 0) return -1;
  return renameat(folder.above, name, folder.below, name);
}
