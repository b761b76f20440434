/*
 * What is done with a scratch layer beside a start. The helper gives the folder of the layer on 3 and the rootfs on 4,
 * and on standard input paths of the layer, ended by a NUL each.
 *
 *   terrarium-init layer prepare       makes upper and work, as the top folder of the rootfs is
 *   terrarium-init layer changes MOST  what it changes (changes.c)
 *   terrarium-init layer watch MOST    the same, and what becomes of it (watch.c)
 *   terrarium-init layer apply HELD    these paths, or with none all of it, become the rootfs's; of each path "done", or
 *   terrarium-init layer discard HELD  its errno, and the path
 *   terrarium-init layer remove        upper and work go
 *   terrarium-init layer size          bytes on the disk, and files
 * HELD is 1 where the helper runs the container of this layer itself; otherwise nobody may.
 *
 *   terrarium-init layer refresh PID   the overlay that is the root of PID forgets what it remembers of both
 *   terrarium-init layer seen PID      the same, and then of each of these paths what is seen inside (seen.c)
 */
#include "kernel.h"

#include "changes.h"

#include "metadata.h"
#include "remove.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

/* Exit statuses, which src/helper/layer/layerTool.ts reads; 1 is that of unshare(1), which may execute this. */
enum { NOT_ALLOWED = 2, IN_USE = 3, FAILED = 4 };

enum { LONGEST_LIST = 64 * 1024 * 1024 };

void put_word(const char *word) { fwrite(word, 1, strlen(word) + 1, stdout); }

bool is_told(void) { return !ferror(stdout) && fflush(stdout) == 0; }

noreturn void layer_failed(const char *what) {
  int error = errno;
  fprintf(stderr, "%s: %s\n", what, strerror(error));
  exit(error == EACCES || error == EPERM ? NOT_ALLOWED : FAILED);
}

int open_folder(int parent, const char *name) {
  return open_below(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

bool is_whiteout(const struct stat *status) { return S_ISCHR(status->st_mode) && status->st_rdev == 0; }

struct pair open_root(void) {
  struct pair root = {open_folder(LAYER, "upper"), open_folder(ROOTFS, ".")};
  if (root.above < 0) layer_failed("upper");
  if (root.below < 0) layer_failed("the rootfs");
  return root;
}

static void prepare(void) {
  for (int i = 0; i < 2; i++) {
    const char *name = i == 0 ? "upper" : "work";
    bool is_new = mkdirat(LAYER, name, 0700) == 0;
    if (!is_new && errno != EEXIST) layer_failed(name);
    int folder = open_folder(LAYER, name);
    if (folder < 0) layer_failed(name);
    /* An owner that is nobody in a user namespace stays outside. */
    if (is_new && copy_metadata(ROOTFS, folder) < 0 && errno != EINVAL && errno != EPERM && errno != ENOTSUP) layer_failed(name);
    struct stat status;
    if (is_new && (fstat(ROOTFS, &status) < 0 || futimens(folder, (struct timespec[]){status.st_atim, status.st_mtim}) < 0))
      layer_failed(name);
    close(folder);
  }
}

/* As hold_layer of overlay.c does it for a container. */
static void hold(void) {
  int layer = openat(LAYER, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (layer < 0) layer_failed("the layer");
  if (flock(layer, LOCK_EX | LOCK_NB) == 0) return;
  fprintf(stderr, "a container runs on this layer\n");
  exit(IN_USE);
}

char *read_paths(size_t *size) {
  size_t capacity = 65536;
  char *paths = malloc(capacity);
  for (*size = 0; paths;) {
    ssize_t length = read(STDIN_FILENO, paths + *size, capacity - *size);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) break;
    *size += (size_t)length;
    if (*size == capacity) paths = capacity < LONGEST_LIST ? realloc(paths, capacity *= 2) : NULL;
  }
  errno = E2BIG;
  if (!paths || (*size > 0 && paths[*size - 1] != '\0')) layer_failed("the paths");
  return paths;
}

int close_pair(const struct pair *folder, int result) {
  int error = errno;
  if (folder->above >= 0) close(folder->above);
  if (folder->below >= 0) close(folder->below);
  errno = error;
  return result;
}

bool is_dots(const char *name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

int act_on_children(act_on *act, struct pair folder) {
  DIR *list = open_list(folder.above);
  if (!list) return -1;
  int result = 0;
  for (struct dirent *entry; result == 0 && (entry = readdir(list));)
    if (!is_dots(entry->d_name)) result = act(folder, entry->d_name, true);
  int error = errno;
  closedir(list);
  errno = error;
  return result;
}

/* Goes down to the last component, which ACT is for. PATH is taken apart. */
static int act_at(act_on *act, char *path) {
  bool applies = act == apply_entry;
  struct pair here = open_root();
  for (char *name = path, *slash; (slash = strchr(name, '/')); name = slash + 1) {
    *slash = '\0';
    if (applies && apply_folder(here, name) < 0) return close_pair(&here, -1);
    struct pair next = {open_folder(here.above, name), here.below < 0 ? -1 : open_folder(here.below, name)};
    int error = errno;
    close_pair(&here, 0);
    errno = error;
    if (next.above < 0) return -1;
    here = next;
    path = slash + 1;
  }
  bool is_name = path[0] && !is_dots(path);
  errno = EINVAL;
  return close_pair(&here, is_name ? act(here, path, false) : -1);
}

/* The root itself: what it is like, or with ALL everything in it. */
static int act_at_root(act_on *act, bool all) {
  bool applies = act == apply_entry;
  struct pair root = open_root();
  struct stat status;
  int result = fstat(applies ? root.above : root.below, &status);
  if (result == 0) result = applies ? copy_metadata(root.above, root.below) : copy_metadata(root.below, root.above);
  if (result == 0 && all) result = act_on_children(act, root);
  /* The time of the last change in it, which this was none of. */
  struct timespec times[] = {status.st_atim, status.st_mtim};
  if (result == 0) result = futimens(applies ? root.below : root.above, times);
  return close_pair(&root, result);
}

static void tell_result(int result, const char *path) {
  put_word(result == 0 ? "done" : strerror(errno));
  put_word(path);
}

static void sync_below(int folder) {
  int opened = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0 || syncfs(opened) < 0) layer_failed("syncfs");
  close(opened);
}

static void act_on_paths(act_on *act, bool is_held) {
  size_t size;
  if (!is_held) hold();
  char *paths = read_paths(&size);
  /* What is written to the layer is on the disk before it becomes the rootfs's. */
  if (act == apply_entry) sync_below(LAYER);
  if (size == 0) tell_result(act_at_root(act, true), ".");
  for (char *path = paths; path < paths + size;) {
    char *next = path + strlen(path) + 1, *copy = strdup(path);
    if (!copy) layer_failed("the paths");
    tell_result(strcmp(path, ".") == 0 ? act_at_root(act, false) : act_at(act, copy), path);
    free(copy);
    path = next;
  }
  free(paths);
  if (act == apply_entry) sync_below(ROOTFS);
}

static void list_changes(unsigned long most) {
  static struct walk walk;
  walk.left = most;
  walk_root(&walk, open_root());
  if (walk.is_cut) put_word("more");
}

static void remove_layer(void) {
  hold();
  static const char *const parts[] = {"upper", "work"};
  for (int i = 0; i < 2; i++)
    if (remove_tree(LAYER, parts[i]) < 0 && errno != ENOENT) layer_failed(parts[i]);
}

/* What lies deeper than DEEPEST is not counted: who asks wants to know before it is removed, which goes well. */
static void add_sizes(int folder, int depth, unsigned long long sums[2]) {
  DIR *list = open_list(folder);
  struct stat status;
  if (!list) layer_failed("the layer");
  for (struct dirent *entry; (entry = readdir(list));) {
    if (is_dots(entry->d_name)) continue;
    if (fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0) continue; /* removed meanwhile */
    sums[0] += (unsigned long long)status.st_blocks * 512;
    sums[1]++;
    if (!S_ISDIR(status.st_mode) || depth == DEEPEST) continue;
    int inner = open_folder(folder, entry->d_name);
    if (inner >= 0) add_sizes(inner, depth + 1, sums);
    else if (errno != ENOENT) layer_failed(entry->d_name);
    if (inner >= 0) close(inner);
  }
  closedir(list);
}

static void tell_size(void) {
  unsigned long long sums[2] = {0};
  char digits[24];
  struct pair root = open_root();
  add_sizes(root.above, 0, sums);
  for (int i = 0; i < 2; i++) {
    snprintf(digits, sizeof digits, "%llu", sums[i]);
    put_word(digits);
  }
}

noreturn void work_on_layer(char **words) {
  const char *action = words[0], *word = words[1] ? words[1] : "";
  bool is_held = strcmp(word, "1") == 0;
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0) layer_failed("RLIMIT_NOFILE");
  }
  umask(0);
#define IS(wanted) (strcmp(action, wanted) == 0)
  errno = EINVAL;
  if (IS("prepare")) prepare();
  else if (IS("changes")) list_changes(strtoul(word, NULL, 10));
  else if (IS("watch")) watch_changes(strtoul(word, NULL, 10));
  else if (IS("apply")) act_on_paths(apply_entry, is_held);
  else if (IS("discard")) act_on_paths(discard_entry, is_held);
  else if (IS("remove")) remove_layer();
  else if (IS("size")) tell_size();
  else if (IS("refresh")) close(refresh_overlay(word));
  else if (IS("seen")) tell_seen(word);
  else layer_failed(action);
#undef IS
  if (!is_told()) errno = EIO, layer_failed("the answer");
  exit(0);
}
