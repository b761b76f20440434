/* Mounts, without a path that a rootfs could bend. */
#include "mounts.h"

#include "kernel.h"
#include "places.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* mount(2); <sys/mount.h> does not go together with <linux/mount.h>. */
enum { SHARED = 1 << 20, PRIVATE = 1 << 18, SLAVE = 1 << 19, UNBINDABLE = 1 << 17, BELOW_TOO = 0x8000 /* AT_RECURSIVE */ };

/* Options of a mount itself, in the words of mount(8). */
static const struct {
  const char *name;
  uint64_t set, clear;
} attributes[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
};

/* False for an option of the file system. What stands last holds. */
static bool take_attribute(const char *option, struct mount_attr *wanted) {
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
    if (strcmp(attributes[i].name, option) != 0) continue;
    wanted->attr_set = (wanted->attr_set & ~attributes[i].clear) | attributes[i].set;
    wanted->attr_clr = (wanted->attr_clr & ~attributes[i].set) | attributes[i].clear;
    return true;
  }
  return false;
}

/* What fsconfig(2) takes of a value; mount(2) takes a page of them all. */
enum { LONGEST_VALUE = 255, PAGE = 4096 };

static bool is_long(const struct step *step) {
  size_t longest = strlen(step->words.at[1]);
  for (size_t i = 3; i < step->words.count; i++) {
    const char *value = strchr(step->words.at[i], '=');
    size_t length = value ? strlen(value + 1) : 0;
    if (length > longest) longest = length;
  }
  return longest > LONGEST_VALUE;
}

static struct mount_attr attributes_of(const char *const *options, size_t count) {
  struct mount_attr wanted = {0};
  for (size_t i = 0; i < count; i++) take_attribute(options[i], &wanted);
  return wanted;
}

static noreturn void failed_at(const struct step *step, const char *name, const char *detail) {
  int error = errno;
  char *place = join_path(step->cwd, name);
  errno = error;
  step_failed(step->index, place ? place : name, detail);
}

/* The step's folder, made where it is missing. */
static void require_folder(int root, const struct step *step) {
  if (step->guard == PLAIN && is_behind_link(root, step->cwd)) place_refused(step->index, step->cwd, "symlink");
  int folder = make_folder(root, step->cwd);
  if (folder < 0) place_refused(step->index, step->cwd, "missing");
  close(folder);
}

/* What a step mounts on, or changes. Opened anew for each: the topmost mount there. */
static int place_of(int root, const struct step *step, const char *name) {
  char *path = join_path(step->cwd, name);
  int place = path ? open_place(root, path) : -1;
  if (place < 0) failed_at(step, name, NULL);
  free(path);
  return place;
}

/* move_mount(2) has EINVAL for a folder on a file, which mount(2) calls by its name. */
static bool are_unlike(int mount, int place) {
  struct stat one, other;
  return fstat(mount, &one) == 0 && fstat(place, &other) == 0 && S_ISDIR(one.st_mode) != S_ISDIR(other.st_mode);
}

/* Moves MOUNT there; both descriptors are closed. */
static void put(int mount, int place, const struct step *step, const char *name) {
  if (move_mount_to(mount, place) < 0) {
    if (errno == EINVAL && are_unlike(mount, place)) errno = ENOTDIR;
    failed_at(step, name, NULL);
  }
  close(mount);
  close(place);
}

int mount_root(const char *rootfs) {
  struct mount_attr private = {.propagation = PRIVATE};
  int machine = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (machine < 0 || set_mount_attributes(machine, BELOW_TOO, &private) < 0) start_failed("/");
  close(machine);
  int folder = open(rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) place_refused(NO_STEP, rootfs, "rootfs");
  int root = open_tree(folder, "", OPEN_TREE_CLONE);
  if (root < 0 || move_mount_to(root, folder) < 0) start_failed("rootfs");
  close(folder);
  return root;
}

/* The kernel's own words, which it keeps for who made the context: "e tmpfs: Bad value for 'size'". */
static void read_log(int filesystem, char *log, size_t size) {
  int error = errno;
  ssize_t length = read(filesystem, log, size - 1);
  log[length > 0 ? length : 0] = '\0';
  log[strcspn(log, "\n")] = '\0';
  if (log[0] && log[1] == ' ') memmove(log, log + 2, strlen(log + 1));
  errno = error;
}

/*
 * Lower folders of an overlay are longer than fsconfig(2) takes. By mount(2) then, on the link that /proc has to the
 * descriptor; its options in the second step, as they are for a bind.
 */
static int mount_long(const struct step *step, int place, struct mount_attr *wanted) {
  const char *const *words = step->words.at;
  char data[PAGE] = "", target[32];
  size_t used = 0;
  for (size_t i = 3; i < step->words.count; i++) {
    if (take_attribute(words[i], wanted)) continue;
    int added = snprintf(data + used, sizeof data - used, "%s%s", used ? "," : "", words[i]);
    if (added < 0 || (size_t)added >= sizeof data - used) return errno = E2BIG, -1;
    used += (size_t)added;
  }
  snprintf(target, sizeof target, "/proc/self/fd/%d", place);
  if (mount_by_path(words[1], target, words[0], wanted->attr_set & MOUNT_ATTR_RDONLY ? MS_RDONLY : 0, data) < 0) return -1;
  return 0;
}

/* "ro" and "rw" are of the file system and of the mount; "async" and its like take flags back that nothing has set. */
static int configure(int filesystem, const char *option) {
  static const char *const unset[] = {"async", "nolazytime", "nomand", "silent", "loud"};
  for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
    if (strcmp(unset[i], option) == 0) return 0;
  char *value = strchr(option, '=');
  if (!value) return configure_filesystem(filesystem, FSCONFIG_SET_FLAG, option, NULL);
  char *key = strndup(option, (size_t)(value - option));
  if (!key) return -1;
  int result = configure_filesystem(filesystem, FSCONFIG_SET_STRING, key, value + 1);
  int error = errno;
  free(key);
  errno = error;
  return result;
}

void mount_filesystem(int root, const struct step *step) {
  const char *const *words = step->words.at;
  const char *type = words[0], *source = words[1], *name = words[2];
  require_folder(root, step);
  int place = place_of(root, step, name);
  if (is_long(step)) {
    struct mount_attr wanted = {0};
    if (mount_long(step, place, &wanted) < 0) failed_at(step, name, type);
    close(place);
    place = place_of(root, step, name);
    if (set_mount_attributes(place, 0, &wanted) < 0) failed_at(step, name, type);
    close(place);
    return;
  }

  char log[256] = "";
  int filesystem = open_filesystem(type);
  if (filesystem < 0) {
    snprintf(log, sizeof log, "unknown filesystem type '%s'", type);
    failed_at(step, name, errno == ENODEV ? log : type);
  }
  struct mount_attr wanted = {0};
  int result = configure_filesystem(filesystem, FSCONFIG_SET_STRING, "source", source);
  for (size_t i = 3; result == 0 && i < step->words.count; i++) {
    bool is_attribute = take_attribute(words[i], &wanted);
    bool is_both = strcmp(words[i], "ro") == 0 || strcmp(words[i], "rw") == 0;
    if (!is_attribute || is_both) result = configure(filesystem, words[i]);
  }
  if (result == 0) result = configure_filesystem(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL);
  int mount = result == 0 ? make_mount(filesystem, (unsigned int)wanted.attr_set) : -1;
  if (mount < 0) {
    read_log(filesystem, log, sizeof log);
    failed_at(step, name, log);
  }
  close(filesystem);
  put(mount, place, step, name);
}

/* A copy of what SOURCE shows, with those options, mounted nowhere yet. */
static int copy_tree(int folder, const char *source, bool recursive, struct mount_attr wanted) {
  int mount = open_tree(folder, source, OPEN_TREE_CLONE | (recursive ? BELOW_TOO : 0u));
  bool changes = wanted.attr_set || wanted.attr_clr;
  if (mount >= 0 && changes && set_mount_attributes(mount, 0, &wanted) < 0) {
    int error = errno;
    close(mount);
    errno = error;
    return -1;
  }
  return mount;
}

void mount_bind(int root, const struct step *step) {
  const char *const *words = step->words.at;
  const char *source = words[1], *name = words[2];
  require_folder(root, step);
  int place = place_of(root, step, name);
  struct mount_attr wanted = attributes_of(words + 3, step->words.count - 3);
  bool is_inside = source[0] == '.';
  int from = is_inside ? place_of(root, step, source) : AT_FDCWD;
  int mount = copy_tree(from, is_inside ? "" : source, words[0][0] == '1', wanted);
  if (mount < 0) failed_at(step, name, is_inside ? NULL : source);
  if (is_inside) close(from);
  put(mount, place, step, name);
}

void mount_each(int root, const struct step *step) {
  static const struct mount_attr lent = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC};
  int folder = open(step->words.at[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) step_failed(step->index, step->words.at[0], NULL);
  for (size_t i = 1; i < step->words.count; i++) {
    const char *name = step->words.at[i];
    int place = place_of(root, step, name);
    int mount = copy_tree(folder, name, false, lent);
    if (mount < 0) failed_at(step, name, NULL);
    put(mount, place, step, name);
  }
  close(folder);
}

void change_mount(int root, const struct step *step) {
  const char *name = step->words.at[0];
  struct mount_attr wanted = attributes_of((const char *const *)step->words.at + 1, step->words.count - 1);
  int place = place_of(root, step, name);
  if (set_mount_attributes(place, 0, &wanted) < 0) failed_at(step, name, NULL);
  close(place);
}

void change_propagation(int root, const struct step *step) {
  static const struct {
    const char *name;
    uint64_t type;
  } types[] = {{"shared", SHARED}, {"private", PRIVATE}, {"slave", SLAVE}, {"unbindable", UNBINDABLE}};
  const char *name = step->words.at[0];
  int place = place_of(root, step, name);
  for (size_t i = 1; i < step->words.count; i++) {
    const char *change = step->words.at[i];
    bool recursive = change[0] == 'r';
    struct mount_attr wanted = {0};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
      if (strcmp(types[t].name, change + recursive) == 0) wanted.propagation = types[t].type;
    if (wanted.propagation == 0) errno = EINVAL;
    if (wanted.propagation == 0 || set_mount_attributes(place, recursive ? BELOW_TOO : 0, &wanted) < 0)
      failed_at(step, name, change);
  }
  close(place);
}

void switch_root(int root, int step) {
  report("step", step);
  if (fchdir(root) < 0 || pivot_root(".", ".") < 0) step_failed(step, "pivot_root", NULL);
  /* The old root lies on top of the new one, at ".". */
  if (unmount(".", MNT_DETACH) < 0 || chdir("/") < 0) step_failed(step, "the old root", NULL);
  report("done", step);
}
