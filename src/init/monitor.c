/* The parent of PID 1. */
#include "kernel.h"

#include "monitor.h"

#include "execute.h"
#include "files.h"
#include "gate.h"
#include "identity.h"
#include "overlay.h"
#include "report.h"
#include "sources.h"
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* For how long a start may keep its reports to itself, in milliseconds. */
enum { LATE = 20 };

static int other_end(const int words[2]) { return words[1]; }

/* Opened once it is known to be one: the helper has looked at its path, which may lead to a device or a pipe by now. */
static int open_namespace(const char *path) {
  struct statfs filesystem;
  char place[32];
  int found = (int)TOLD("openat", open(path, O_PATH | O_CLOEXEC));
  if (found < 0 || fstatfs(found, &filesystem) < 0) return -1;
  if (filesystem.f_type != NSFS_MAGIC) {
    errno = EINVAL;
    return -1;
  }
  snprintf(place, sizeof place, "/proc/self/fd/%d", found);
  int opened = (int)TOLD("openat", open(place, O_RDONLY | O_CLOEXEC));
  close(found);
  return opened;
}

/* Enters the namespaces that exist already. */
static void join(const struct plan *plan) {
  for (size_t i = 0; i < plan->join_count; i++) {
    int namespace = open_namespace(plan->joins[i].path);
    if (namespace < 0 || enter_namespace(namespace, plan->joins[i].type) < 0) start_failed(plan->joins[i].path);
    close(namespace);
  }
}

/* In the child this does not return. CGROUP is the descriptor of its cgroup, or -1. */
static pid_t clone_pid1(const struct plan *plan, int cgroup, uint64_t more, const int words[2], mode_t callers_umask) {
  /* start() makes the cgroup namespace once it is in its cgroup, and that of clocks which are to have offsets. */
  uint64_t later = CLONE_NEWCGROUP | (plan->has_offsets ? CLONE_NEWTIME : 0);
  struct clone_args arguments = {.flags = (plan->namespaces & ~later) | more};
  if (!(more & CLONE_PARENT)) arguments.exit_signal = SIGCHLD;
  if (cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = (uint64_t)cgroup;
  }
  report("step", plan->unshare_step);
  pid_t pid = clone3(&arguments);
  if (pid < 0) step_failed(plan->unshare_step, "clone3", NULL);
  if (pid > 0) return pid;
  close(other_end(words));
  start(plan, words[0], callers_umask);
}

/* A process of its own for what the monitor must not become: another user, or in others' namespaces. */
static pid_t clone_by_stage(const struct plan *plan, const int words[2], mode_t callers_umask) {
  int told[2];
  if (pipe2(told, O_CLOEXEC) < 0) start_failed("pipe");
  tell_reports(); /* or both have them */
  pid_t stage = fork();
  if (stage < 0) start_failed("fork");
  if (stage == 0) {
    join(plan);
    if (plan->has_person) become_person(plan);
    pid_t made = clone_pid1(plan, -1, CLONE_PARENT, words, callers_umask);
    tell_reports();
    _exit(write(told[1], &made, sizeof made) == sizeof made ? 0 : START_FAILED);
  }
  close(told[1]);
  pid_t pid = 0;
  ssize_t length;
  while ((length = read(told[0], &pid, sizeof pid)) < 0 && errno == EINTR) {}
  close(told[0]);
  while (waitpid(stage, NULL, 0) < 0 && errno == EINTR) {}
  if (length != sizeof pid) _exit(START_FAILED); /* the stage has said why */
  return pid;
}

static void move_to_cgroup(const struct plan *plan, pid_t pid) {
  size_t size = strlen(plan->cgroup) + sizeof "/cgroup.procs";
  char *file = malloc(size), number[16];
  if (!file) start_failed(plan->cgroup);
  snprintf(file, size, "%s/cgroup.procs", plan->cgroup);
  snprintf(number, sizeof number, "%d", (int)pid);
  if (write_text(file, number, strlen(number)) < 0) start_failed(file);
  free(file);
}

/* One word there, and one back. */
static void let_on(int pid1) {
  say(pid1, GO_ON);
  hear_from(pid1);
  wait_for(GO_ON);
  hear_from(WORDS);
}

/* What PID 1 does beside what follows here; stepwise one after the other. It is in its cgroup by now. */
static void lead_on(const struct plan *plan, int pid1) {
  let_on(pid1);
  wait_before(plan, plan->session_step);
  let_on(pid1);
}

/* Makes PID 1, which waits for the last word then. */
static pid_t make_pid1(const struct plan *plan, const int words[2], mode_t callers_umask) {
  bool has_stage = plan->join_count > 0 || plan->has_person;
  bool moves = has_stage || !plan->begins_in_cgroup;
  int cgroup = -1;
  wait_before(plan, plan->unshare_step);
  if (plan->cgroup && !moves &&
      (cgroup = (int)TOLD("openat", open(plan->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC))) < 0)
    start_failed(plan->cgroup);
  pid_t pid = has_stage ? clone_by_stage(plan, words, callers_umask) : clone_pid1(plan, cgroup, 0, words, callers_umask);
  report("pid", pid);
  if (plan->maps_itself) map_own(plan, pid);
  report("done", plan->unshare_step);
  if (cgroup >= 0) close(cgroup);
  if (plan->cgroup && moves) move_to_cgroup(plan, pid);
  if (plan->is_stepwise) lead_on(plan, other_end(words));
  map_ids(plan, pid);
  keep_no_more();
  offer_sources(plan, pid);
  if (!plan->is_stepwise && !hears_helper(plan)) wait_for(GO_ON); /* as in start() */
  say(other_end(words), GO_ON);
  return pid;
}

/* Controlling terminal of nobody yet: PID 1 takes it in a session of its own (open(2), O_NOCTTY). */
static void open_terminal(const char *tty) {
  int terminal = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || dup2(terminal, STDIN_FILENO) < 0 || dup2(terminal, STDOUT_FILENO) < 0 ||
      dup3(terminal, ERRORS, O_CLOEXEC) < 0)
    start_failed(tty);
  close(terminal);
}

/* A terminal ends with the last process that has it open, and a pipe too. */
static void let_go_of_stdio(void) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0) start_failed("/dev/null");
  close(nothing);
  close(ERRORS);
}

/*
 * Until PID 1 has ended: passes words on, the last of which is GO, unless PID 1 hears them itself, and ends PID 1 with the
 * helper's words. Returns whether it has gone on to its program.
 */
static bool attend(int pidfd, const int words[2], bool keeps_reports, bool passes_on) {
  if (pidfd < 0) { /* Linux 6.18 opens none of who has ended */
    tell_late_reports(true);
    return has_gone();
  }
  /* Without events poll(2) tells of the end alone. */
  struct pollfd polled[] = {{.fd = pidfd, .events = POLLIN}, {.fd = WORDS, .events = passes_on ? POLLIN : 0}};
  if (!passes_on) dup2(STDIN_FILENO, MESSAGES); /* what is told there from here on is PID 1's */
  for (bool went = !passes_on;;) {
    int count = poll(polled, 2, keeps_reports && !has_gone() ? LATE : -1);
    if (count < 0) continue; /* EINTR */
    if (count == 0 || polled[0].revents) tell_late_reports(count > 0);
    if (polled[0].revents) return passes_on ? went : has_gone();
    if (!polled[1].revents) continue;
    char word = went ? 0 : hear();
    if (word == GO_ON || word == GO) {
      went = word == GO;
      if (went) end_sources();
      say(other_end(words), word);
      if (went) dup2(STDIN_FILENO, MESSAGES); /* they end with PID 1's: where its program begins */
      continue;
    }
    signal_pid(pidfd, SIGKILL);
    polled[1].fd = -1;
  }
}

noreturn void monitor(struct plan *plan, char *buffer) {
  handle_endings(SIG_IGN);
  signal(SIGCHLD, SIG_DFL); /* ignored by spawner.c, it would take the exit status of PID 1 away (wait(2)) */
  mode_t callers_umask = umask(022);
  tell_answers(plan->is_stepwise);
  int words[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, words) < 0) start_failed("socketpair");
  if (plan->tty) open_terminal(plan->tty);
  if (!plan->is_stepwise) keep_reports();
  prepare_sources(plan);
  if (plan->has_person) own_stdio(plan->person_uid, plan->person_gid);
  hold_layer(plan);
  carry_out_phase(plan, -1, BEFORE);
  pid_t pid = make_pid1(plan, words, callers_umask);
  int pidfd = open_pid(pid);
  if (pidfd < 0 && errno != ESRCH) start_failed("pidfd_open");
  close(words[0]);
  let_go_of_stdio();
  bool keeps_reports = !plan->is_stepwise, passes_on = !hears_helper(plan);
  free_plan(plan);
  free(buffer);
  bool went = attend(pidfd, words, keeps_reports, passes_on);
  int status = 0;
  while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR) {}
  if (!went) _exit(START_FAILED);
  if (WIFSIGNALED(status)) report("signal", WTERMSIG(status));
  else report("exit", WEXITSTATUS(status));
  _exit(0);
}
