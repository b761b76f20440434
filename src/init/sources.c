/* Sources of binds, opened with the rights of who starts the container. */
#include "kernel.h"

#include "sources.h"

#include "files.h"
#include "identity.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPENER, PID1, CLOSED = -1 };
static int ends[2] = {CLOSED, CLOSED};
static pid_t opener;
static bool is_needed;

static bool maps_ids(const struct step *step) { return step->words.at[MAPPED_USERS][0] != '\0'; }

/* What hides a file is within everybody's reach. */
static bool may_be_closed(const struct step *step) {
  return step->kind == BIND && step->words.at[SOURCE][0] == '/' && strcmp(step->words.at[SOURCE], "/dev/null") != 0;
}

void prepare_sources(const struct plan *plan) {
  bool changes_ids = plan->has_person || plan->become_step != NO_STEP || plan->uid_map.text;
  for (size_t i = 0; i < plan->step_count; i++) {
    const struct step *step = &plan->steps[i];
    if (may_be_closed(step) && (changes_ids || maps_ids(step))) is_needed = true;
  }
  if (is_needed && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) start_failed("socketpair");
}

bool needs_sources(void) { return is_needed; }

static void close_end(int end) {
  if (ends[end] != CLOSED) close(ends[end]);
  ends[end] = CLOSED;
}

/* A user namespace that is there for its maps alone (mount_setattr(2), MOUNT_ATTR_IDMAP). */
static int namespace_of(const struct step *step) {
  struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  pid_t parent = getpid(), pid = clone3(&arguments);
  if (pid == 0) {
    die_with_parent();
    while (getppid() == parent) pause(); /* a parent that has ended before sends no signal */
    _exit(0);
  }
  if (pid < 0) return -1;
  const char *users = step->words.at[MAPPED_USERS], *groups = step->words.at[MAPPED_GROUPS];
  char file[64];
  int opened = -1;
  snprintf(file, sizeof file, "/proc/%d/uid_map", (int)pid);
  int written = write_text(file, users, strlen(users));
  snprintf(file, sizeof file, "/proc/%d/gid_map", (int)pid);
  if (written == 0) written = write_text(file, groups, strlen(groups));
  snprintf(file, sizeof file, "/proc/%d/ns/user", (int)pid);
  if (written == 0) opened = open(file, O_RDONLY | O_CLOEXEC);
  int error = errno;
  kill(pid, SIGKILL);
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
  errno = error;
  return opened;
}

static int open_mapped(const struct step *step) {
  const char *const *words = step->words.at;
  int users = namespace_of(step);
  if (users < 0) return -1;
  unsigned int below = AT_RECURSIVE;
  int mount = open_tree(AT_FDCWD, words[SOURCE], OPEN_TREE_CLONE | (words[RECURSIVE][0] == '1' ? below : 0u));
  struct mount_attr wanted = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)users};
  int set = mount < 0 ? -1 : set_mount_attributes(mount, words[MAPS_BELOW][0] == '1' ? below : 0, &wanted);
  int error = errno;
  close(users);
  if (set < 0 && mount >= 0) close(mount);
  errno = error;
  return set < 0 ? -1 : mount;
}

/* open_tree(2) and not open(2), for which an automount point is what it was. */
static int open_here(const struct step *step) {
  return maps_ids(step) ? open_mapped(step) : open_tree(AT_FDCWD, step->words.at[SOURCE], 0);
}

/* Beside errno, or 0 and then one descriptor (unix(7), SCM_RIGHTS). */
union control {
  char bytes[CMSG_SPACE(sizeof(int))];
  struct cmsghdr aligned;
};

static void reply(int descriptor) {
  int error = descriptor < 0 ? errno : 0;
  struct iovec data = {&error, sizeof error};
  union control control = {0};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (descriptor >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  if (sendmsg(ends[OPENER], &message, MSG_NOSIGNAL) < 0) _exit(START_FAILED);
  if (descriptor >= 0) close(descriptor);
}

/* Steps of this plan by their place in it and nothing else, until PID 1 closes its end. */
static noreturn void serve(const struct plan *plan, pid_t pid) {
  /* Of what the helper has handed over nothing more is needed here; the monitor's end of PID 1's words would keep it alive. */
  if (dup2(ends[OPENER], WORDS) < 0 || syscall(SYS_close_range, WORDS + 1, ~0u, 0) < 0) start_failed("close_range");
  ends[OPENER] = WORDS;
  int process = open_pid(pid), flags = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);
  if (process < 0 || enter_namespace(process, flags) < 0) {
    if (errno == ESRCH) _exit(START_FAILED); /* PID 1 has ended already, and told why */
    start_failed("the mount namespace of PID 1");
  }
  close(process);
  die_with_parent();
  tell_answers(false); /* PID 1 tells, which gets another descriptor */
  for (size_t at; recv(ends[OPENER], &at, sizeof at, 0) == (ssize_t)sizeof at;) {
    if (at >= plan->step_count || !may_be_closed(&plan->steps[at])) break;
    reply(open_here(&plan->steps[at]));
  }
  _exit(0);
}

void offer_sources(const struct plan *plan, pid_t pid) {
  if (ends[OPENER] == CLOSED) return;
  opener = fork();
  if (opener < 0) start_failed("fork");
  close_end(PID1);
  if (opener == 0) serve(plan, pid);
  close_end(OPENER);
}

void end_sources(void) {
  while (opener > 0 && waitpid(opener, NULL, 0) < 0 && errno == EINTR) {}
  opener = 0;
}

void take_sources(void) { close_end(OPENER); }

void leave_sources(void) { close_end(PID1); }

static int ask_for(size_t at) {
  int error = EPIPE, descriptor = -1;
  struct iovec data = {&error, sizeof error};
  union control control = {0};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes};
  message.msg_controllen = sizeof control.bytes;
  if (send(ends[PID1], &at, sizeof at, MSG_NOSIGNAL) < 0) return -1;
  ssize_t length = recvmsg(ends[PID1], &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = length == (ssize_t)sizeof error ? CMSG_FIRSTHDR(&message) : NULL;
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  if (descriptor < 0) errno = error;
  return descriptor;
}

static int ask(size_t at) { return (int)TOLD("open_tree", ask_for(at)); }

int open_source(const struct plan *plan, const struct step *step, bool *is_mount) {
  *is_mount = maps_ids(step);
  return ends[PID1] == CLOSED || !may_be_closed(step) ? open_here(step) : ask((size_t)(step - plan->steps));
}
