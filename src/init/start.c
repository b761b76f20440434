/* What PID 1 does. */
#include "kernel.h"

#include "start.h"

#include "devices.h"
#include "execute.h"
#include "files.h"
#include "gate.h"
#include "identity.h"
#include "mounts.h"
#include "places.h"
#include "privileges.h"
#include "report.h"
#include "schedule.h"
#include "sources.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* setsid(2): what is sent to a process group, and a terminal's hangup, cross PID namespaces. */
static void lead_session(const struct plan *plan) {
  report("step", plan->session_step);
  if (TOLD("setsid", setsid()) < 0) step_failed(plan->session_step, "setsid", NULL);
  if (plan->takes_terminal && TOLD("ioctl", ioctl(STDIN_FILENO, TIOCSCTTY, 0)) < 0)
    step_failed(plan->session_step, "the controlling terminal", NULL);
  report("done", plan->session_step);
}

/* The root of the new one is the cgroup that PID 1 is in by then (cgroup_namespaces(7)): the monitor may have moved it. */
static void leave_cgroups(const struct plan *plan) {
  if (plan->namespaces & CLONE_NEWCGROUP && leave_namespaces(CLONE_NEWCGROUP) < 0)
    step_failed(plan->unshare_step, "the cgroup namespace", NULL);
}

/* Whether the place of a guarded step is there, and of the kind that it is for. */
static bool is_wanted(int root, const struct step *step) {
  if (step->guard == NO_GUARD || step->guard == PLAIN) return true;
  char *path = join_path(step->cwd, place_word(step));
  int place = path ? open_place(root, path) : -1;
  struct stat status;
  bool is_there = place >= 0 && fstat(place, &status) == 0;
  if (place >= 0) close(place);
  free(path);
  return is_there && S_ISDIR(status.st_mode) == (step->guard == IF_DIRECTORY);
}

static void carry_out(const struct plan *plan, int root, const struct step *step) {
  wait_before(plan, (int)step->index);
  if (!is_wanted(root, step)) return;
  report("step", step->index);
  switch (step->kind) {
  case WRITE:
    write_file(step);
    break;
  case REGISTER:
    register_format(root, step);
    break;
  case MAKE_FOLDER:
    make_host_folder(step);
    break;
  case FILTER_DEVICES:
    filter_devices(step);
    break;
  case MOUNT:
    mount_filesystem(root, step);
    break;
  case BIND:
    mount_bind(root, plan, step);
    break;
  case BIND_EACH:
    mount_each(root, plan, step);
    break;
  case REMOUNT:
    change_mount(root, step);
    break;
  case PROPAGATION:
    change_propagation(root, step);
    break;
  case CREATE_FILES:
    create_files(root, step);
    break;
  case CREATE_FOLDER:
    create_folder(root, step);
    break;
  case SYMLINKS:
    make_links(root, step);
    break;
  case MAKE_NODE:
    make_node(root, step);
    break;
  case CHANGE_OWNER:
    change_owner(root, step);
    break;
  case HOST_NAME:
  case DOMAIN_NAME:
    set_name(step);
    break;
  case LOOPBACK:
    bring_loopback_up(step);
    break;
  case LIMITS:
    set_limits(step);
    break;
  case SCHEDULER:
    set_scheduler(step);
    break;
  case IO_PRIORITY:
    set_io_priority(step);
    break;
  case PERSONALITY:
    set_personality(step);
    break;
  case PRIVILEGES:
    drop_privileges(plan, step);
    break;
  }
  report("done", step->index);
}

void carry_out_phase(const struct plan *plan, int root, enum phase phase) {
  for (size_t i = 0; i < plan->step_count; i++)
    if (plan->steps[i].phase == phase) carry_out(plan, root, &plan->steps[i]);
}

/* The messages of these are for who sees the payload's standard error. */
static noreturn void hand_over(const struct plan *plan, bool is_there, bool has_filter) {
  if (dup2(ERRORS, STDERR_FILENO) < 0) _exit(START_FAILED);
  if (!is_there && chdir(plan->cwd) < 0) {
    dprintf(STDERR_FILENO,
            "terrarium: process.cwd is %s, and PID 1 cannot go there as its user: make that folder in the rootfs, let the "
            "user in, or correct process.cwd in config.json.\n",
            plan->cwd);
    _exit(START_FAILED);
  }
  if (syscall(SYS_close_range, 3, ~0u, 0) < 0) _exit(START_FAILED);
  if (plan->has_filter && !has_filter && load_filter(plan) < 0) {
    dprintf(STDERR_FILENO, "terrarium: linux.seccomp cannot be loaded: %s\n", strerror(errno));
    _exit(START_FAILED);
  }
  execute(plan->arguments, plan->environment);
  int error = errno;
  say_why_not(plan->arguments.at[0], error);
  _exit(exit_code_of(error));
}

bool hears_helper(const struct plan *plan) { return !plan->is_stepwise && !needs_sources(); }

noreturn void start(const struct plan *plan, int words, mode_t callers_umask) {
  if (!plan->is_stepwise) keep_as_pid1();
  handle_endings(SIG_DFL);
  die_with_parent();
  take_sources();
  hear_from(words); /* who is who is known then, and who opens sources is there */
  if (plan->is_stepwise) {
    wait_for(GO_ON);
    leave_cgroups(plan);
    say(words, GO_ON);
    wait_for(GO_ON); /* the monitor has waited before this step */
  }
  if (!plan->is_stepwise) wait_for(GO_ON); /* a terminal hangs up with who leads its session */
  if (hears_helper(plan)) {
    hear_from(WORDS);
    wait_for(GO_ON); /* the helper may still look at the bundle: until then nothing of it is opened */
  }
  lead_session(plan);
  if (plan->is_stepwise) {
    say(words, GO_ON);
    wait_for(GO_ON);
  }
  wait_before(plan, plan->become_step);
  become_root(plan);
  wait_before(plan, plan->rootfs_step);
  if (!plan->is_stepwise) leave_cgroups(plan);
  if (plan->has_offsets) enter_clocks(plan);
  umask(0);
  int root = mount_root(plan);
  carry_out_phase(plan, root, INSIDE);
  leave_sources();
  switch_root(root, plan);
  bool is_there = chdir(plan->cwd) == 0;
  if (plan->has_open_files) limit_open_files(plan->open_files);
  bool has_filter = false;
  for (size_t i = 0; i < plan->step_count; i++) {
    if (plan->steps[i].kind != PRIVILEGES) continue;
    has_filter = filters_early(plan, &plan->steps[i]);
    give_stdio(&plan->steps[i]);
  }
  carry_out_phase(plan, root, DROP);
  umask(plan->has_umask ? (mode_t)plan->umask : callers_umask);
  be_readable();
  report_ready();
  wait_for(GO);
  note_go();
  hand_over(plan, is_there, has_filter);
}
