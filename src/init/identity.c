/* Who is who in a user namespace. */
#include "identity.h"

#include "files.h"
#include "gate.h"
#include "report.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_proc(pid_t pid, const char *name, const char *text, long index) {
  char file[64];
  snprintf(file, sizeof file, "/proc/%d/%s", (int)pid, name);
  if (write_text(file, text, strlen(text)) < 0) step_failed(index, file, NULL);
}

/* TOOL PID WORD...; its own words go to the helper. */
static void run_tool(const struct id_map *map, pid_t pid) {
  char number[16], *none[] = {NULL};
  snprintf(number, sizeof number, "%d", (int)pid);
  char **argv = calloc(map->words.count + 3, sizeof *argv);
  if (!argv) step_failed(map->index, map->tool, NULL);
  argv[0] = (char *)map->tool;
  argv[1] = number;
  memcpy(argv + 2, map->words.at, map->words.count * sizeof *argv);
  tell_reports(); /* it may take its time */
  pid_t child = fork();
  if (child < 0) step_failed(map->index, map->tool, NULL);
  if (child == 0) {
    execve(map->tool, argv, none);
    dprintf(MESSAGES, "%s: %s\n", map->tool, strerror(errno));
    _exit(127);
  }
  free(argv);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (status == 0) return;
  keep_no_more();
  report("fail", map->index);
  _exit(START_FAILED);
}

static void map_one(const struct plan *plan, const struct id_map *map, pid_t pid, const char *name) {
  if (!map->text && !map->tool) return;
  wait_before(plan, map->index);
  report("step", map->index);
  if (map->tool) run_tool(map, pid);
  else write_proc(pid, name, map->text, map->index);
  report("done", map->index);
}

/* Everybody may map their own ids so, without a group of theirs to be left (user_namespaces(7), setgroups). */
void map_own(const struct plan *plan, pid_t pid) {
  char text[32];
  write_proc(pid, "setgroups", "deny", plan->unshare_step);
  snprintf(text, sizeof text, "0 %u 1", (unsigned int)plan->own_uid);
  write_proc(pid, "uid_map", text, plan->unshare_step);
  snprintf(text, sizeof text, "0 %u 1", (unsigned int)plan->own_gid);
  write_proc(pid, "gid_map", text, plan->unshare_step);
}

void map_ids(const struct plan *plan, pid_t pid) {
  map_one(plan, &plan->uid_map, pid, "uid_map");
  map_one(plan, &plan->gid_map, pid, "gid_map");
}

void become_person(const struct plan *plan) {
  uid_t uid = plan->person_uid;
  gid_t gid = plan->person_gid;
  if (TOLD("setgroups", setgroups(0, NULL)) < 0 || TOLD("setresgid", setresgid(gid, gid, gid)) < 0 ||
      TOLD("setresuid", setresuid(uid, uid, uid)) < 0)
    start_failed("the user who starts it");
}

/* Not allowed where setgroups is denied, and then there are none to leave. */
static void leave_groups(void) {
  if (TOLD("setgroups", setgroups(0, NULL)) < 0 && errno != EPERM) start_failed("setgroups");
}

void switch_to_root(void) {
  leave_groups();
  if (TOLD("setresgid", setresgid(0, 0, 0)) < 0 || TOLD("setresuid", setresuid(0, 0, 0)) < 0)
    start_failed("root of its user namespace");
}

void become_root(const struct plan *plan) {
  report("step", plan->become_step);
  if (getuid() != 0 || getgid() != 0 || geteuid() != 0 || getegid() != 0) switch_to_root();
  else if (plan->become_step != NO_STEP) leave_groups();
  die_with_parent();
  be_readable();
  report("done", plan->become_step);
}

static bool is_nameless(int descriptor, const struct stat *status) {
  struct statfs filesystem;
  if (S_ISCHR(status->st_mode)) return isatty(descriptor);
  return S_ISFIFO(status->st_mode) && fstatfs(descriptor, &filesystem) == 0 && filesystem.f_type == PIPEFS_MAGIC;
}

void give(int descriptor, uid_t uid, gid_t gid) {
  /* Its owner or group is not mapped here, or /dev is read-only. */
  if (fchown(descriptor, uid, gid) < 0 && errno != EPERM && errno != EINVAL && errno != EROFS)
    start_failed("standard input and output");
}

void own_stdio(uid_t uid, gid_t gid) {
  static const int descriptors[] = {STDIN_FILENO, STDOUT_FILENO, ERRORS};
  for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
    struct stat status;
    if (fstat(descriptors[i], &status) < 0 || status.st_uid == uid || !is_nameless(descriptors[i], &status)) continue;
    /* The group of terminals has write(1) alone; another one has people. */
    if (S_ISCHR(status.st_mode) && gid != (gid_t)-1 && fchmod(descriptors[i], S_IRUSR | S_IWUSR) < 0 && errno != EROFS)
      start_failed("standard input and output");
    give(descriptors[i], uid, gid);
  }
}

void be_readable(void) {
  if (prctl(PR_SET_DUMPABLE, 1) < 0) start_failed("PR_SET_DUMPABLE");
}

void die_with_parent(void) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) start_failed("PR_SET_PDEATHSIG");
}
