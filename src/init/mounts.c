/* Mounts, without a path that a rootfs could bend. */
#include "mounts.h"

#include "attributes.h"
#include "copy.h"
#include "gate.h"
#include "kernel.h"
#include "overlay.h"
#include "places.h"
#include "report.h"
#include "sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* mount(2); <sys/mount.h> does not go together with <linux/mount.h>. */
enum { SHARED = 1 << 20, PRIVATE = 1 << 18, SLAVE = 1 << 19, UNBINDABLE = 1 << 17 };

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

/* Whether it has that option, or where the word ends in "=" one with a value. */
static bool has_option(const struct step *step, const char *option) {
  size_t length = strlen(option);
  bool takes_value = option[length - 1] == '=';
  for (size_t i = 3; i < step->words.count; i++)
    if (takes_value ? strncmp(step->words.at[i], option, length) == 0 : strcmp(step->words.at[i], option) == 0) return true;
  return false;
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
  int place = path ? (int)answered(open_place(root, path)) : -1;
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

static int set_propagation(int mount, uint64_t type, bool recursive) {
  struct mount_attr wanted = {.propagation = type};
  return set_mount_attributes(mount, recursive ? AT_RECURSIVE : 0, &wanted);
}

/* Before all else nothing that is mounted here may reach the machine: a slave still hears of what is mounted there. */
int mount_root(const struct plan *plan) {
  int machine = (int)TOLD("openat", open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (machine < 0 || set_propagation(machine, plan->follows == NOTHING ? PRIVATE : SLAVE, true) < 0) start_failed("/");
  close(machine);
  /* A real path: what became a link since somebody looked leads elsewhere. */
  int folder = (int)answered(open_below(AT_FDCWD, plan->rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS));
  if (folder < 0) place_refused(NO_STEP, plan->rootfs, "rootfs");
  int root = plan->layer ? mount_layer(plan, folder) : open_tree(folder, "", OPEN_TREE_CLONE);
  if (root < 0 || (plan->follows == BINDS && set_propagation(root, PRIVATE, false) < 0)) start_failed("rootfs");
  if (move_mount_to(root, folder) < 0) start_failed("rootfs");
  close(folder);
  return root;
}

/*
 * Lower folders of an overlay are longer than fsconfig(2) takes. By mount(2) then, on the link that /proc has to the
 * descriptor; its options in the second step, as they are for a bind.
 */
static int mount_long(const struct step *step, int place, struct changes *wanted) {
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
  if (mount_by_path(words[1], target, words[0], wanted->own.attr_set & MOUNT_ATTR_RDONLY ? MS_RDONLY : 0, data) < 0) return -1;
  return 0;
}

/* "ro" and "rw" are of the file system and of the mount; "async" and its like take flags back that nothing has set. */
static int configure(int filesystem, const char *option) {
  static const char *const unset[] = {"async", "nolazytime", "nomand", "silent", "loud", "tmpcopyup"};
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
    struct changes wanted = {0};
    if (mount_long(step, place, &wanted) < 0) failed_at(step, name, type);
    close(place);
    place = place_of(root, step, name);
    if (change_attributes(place, &wanted) < 0) failed_at(step, name, type);
    close(place);
    return;
  }

  char log[256] = "";
  int filesystem = open_filesystem(type);
  if (filesystem < 0) {
    snprintf(log, sizeof log, "unknown filesystem type '%s'", type);
    failed_at(step, name, errno == ENODEV ? log : type);
  }
  struct changes wanted = {0};
  bool copies = has_option(step, "tmpcopyup");
  int result = configure_filesystem(filesystem, FSCONFIG_SET_STRING, "source", source);
  for (size_t i = 3; result == 0 && i < step->words.count; i++) {
    bool is_attribute = take_attribute(words[i], &wanted);
    bool is_both = strcmp(words[i], "ro") == 0 || strcmp(words[i], "rw") == 0;
    if (!is_attribute || (is_both && !copies)) result = configure(filesystem, words[i]);
  }
  if (result == 0) result = configure_filesystem(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL);
  uint64_t later = copies ? MOUNT_ATTR_RDONLY : 0;
  if (copies) wanted.own.attr_set |= forbidden_at(place);
  int mount = result == 0 ? make_mount(filesystem, (unsigned int)(wanted.own.attr_set & ~later)) : -1;
  if (mount < 0) {
    read_log(filesystem, log, sizeof log);
    failed_at(step, name, log);
  }
  close(filesystem);
  if (copies && copy_folder(place, mount, has_option(step, "mode=")) < 0) failed_at(step, name, "tmpcopyup");
  wanted.own = (struct mount_attr){.attr_set = wanted.own.attr_set & later};
  if (change_attributes(mount, &wanted) < 0) failed_at(step, name, type);
  put(mount, place, step, name);
}

/* A copy of what SOURCE shows, mounted nowhere yet. */
static int copy_tree(int folder, const char *source, bool recursive) {
  return open_tree(folder, source, OPEN_TREE_CLONE | (recursive ? (unsigned int)AT_RECURSIVE : 0u));
}

/* The same of a step; from inside, or from the machine. */
static int copy_source(int root, const struct plan *plan, const struct step *step) {
  const char *const *words = step->words.at;
  bool is_mount = false;
  int from = words[SOURCE][0] == '.' ? place_of(root, step, words[SOURCE]) : open_source(plan, step, &is_mount);
  if (from < 0 || is_mount) return from;
  int mount = copy_tree(from, "", words[RECURSIVE][0] == '1');
  int error = errno;
  close(from);
  errno = error;
  return mount;
}

void mount_bind(int root, const struct plan *plan, const struct step *step) {
  const char *const *words = step->words.at;
  const char *name = words[BIND_NAME];
  require_folder(root, step);
  int place = place_of(root, step, name), mount = copy_source(root, plan, step);
  struct changes wanted = changes_of(words + FIRST_OPTION, step->words.count - FIRST_OPTION);
  bool is_private = plan->follows != NOTHING && words[FOLLOWS][0] == '0';
  if (mount < 0 || (is_private && set_propagation(mount, PRIVATE, true) < 0) || change_attributes(mount, &wanted) < 0)
    failed_at(step, name, words[SOURCE][0] == '.' ? NULL : words[SOURCE]);
  put(mount, place, step, name);
}

void mount_each(int root, const struct plan *plan, const struct step *step) {
  static const struct changes lent = {.own.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC};
  int folder = (int)TOLD("openat", open(step->words.at[0], O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder < 0) step_failed(step->index, step->words.at[0], NULL);
  for (size_t i = 1; i < step->words.count; i++) {
    const char *name = step->words.at[i];
    int place = place_of(root, step, name), mount = copy_tree(folder, name, false);
    bool is_private = plan->follows != NOTHING;
    if (mount < 0 || (is_private && set_propagation(mount, PRIVATE, false) < 0) || change_attributes(mount, &lent) < 0)
      failed_at(step, name, NULL);
    put(mount, place, step, name);
  }
  close(folder);
}

void change_mount(int root, const struct step *step) {
  const char *name = step->words.at[0];
  struct changes wanted = changes_of((const char *const *)step->words.at + 1, step->words.count - 1);
  int place = place_of(root, step, name);
  if (change_attributes(place, &wanted) < 0) failed_at(step, name, NULL);
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
    uint64_t type = 0;
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
      if (strcmp(types[t].name, change + recursive) == 0) type = types[t].type;
    if (type == 0) errno = EINVAL;
    if (type == 0 || set_propagation(place, type, recursive) < 0) failed_at(step, name, change);
  }
  close(place);
}

void switch_root(int root, const struct plan *plan) {
  int step = plan->pivot_step;
  wait_before(plan, step);
  report("step", step);
  if (TOLD("fchdir", fchdir(root)) < 0 || pivot_root(".", ".") < 0) step_failed(step, "pivot_root", NULL);
  wait_before(plan, plan->old_root_step);
  /* The old root lies on top of the new one, at ".". */
  if (unmount(".", MNT_DETACH) < 0 || TOLD("chdir", chdir("/")) < 0) step_failed(step, "the old root", NULL);
  report("done", step);
}
