/*
 * A further process in a running container:
 *
 *   PID NAMESPACES     whose namespaces, and which (CLONE_NEW...)
 *   CGROUP SCORE       the cgroup.procs that it enters first, its OOM score; each may be empty
 *   ATTRIBUTE LABEL    the file of /proc/self/attr that gives the program its label, and what is written there; may be empty
 *   UMASK FILES        "-" where they stay: the mask in decimal, the soft limit of open files
 *   ROOT TERMINAL      0 or 1: root inside is another user than the caller; descriptor 0 becomes its terminal
 *   OWNER              of the terminal, as this process counts users: root of the machine before it enters the namespaces,
 *                      anybody else inside; "-" where it stays as it was made
 *   CWD FLAGS FILTER   where it begins; seccomp(2), FILTER is empty for none
 *   DOMAIN PRIORITY    personality(2) and ioprio_set(2), "-" where they stay
 *   INITIAL FINAL      on which processors it runs until it is in the cgroup, and from then on: masks; empty for all
 *   LIMITS             how many, then RESOURCE SOFT HARD for each
 *   SCHEDULING         seven words, as a step of scheduling has them
 *   PRIVILEGES         seven words, as a step of privileges has them
 *   PROGRAM...         absolute, with its arguments
 *
 * Forked by the spawner it reads them from its plan, behind these (src/helper/engine/builtin/joinOnMaster.ts):
 *
 *   join HELPER MASTER       the helper, and which of its descriptors is the terminal's other end
 *   VARIABLES                how many, then each
 *
 * and reports: "refused ERRNO" where it may not take that descriptor, else "pid PID" once it has; "joined PID" of its child,
 * and how that ended. It ends when the helper has closed the words, so until then its PID is its own.
 *
 * What is not confined yet is no process of the container's: a stage does it before it forks into the PID namespace. What is
 * seen inside then was executed outside and is not dumpable, so nobody inside may trace it or follow its /proc (ptrace(2)),
 * its file is a sealed copy, and its root is the container's (CVE-2016-9962, CVE-2019-5736, CVE-2024-21626). The process that
 * waits and reports stays outside: without no_new_privs the filter is loaded before privileges are dropped, by the stage.
 */
#include "kernel.h"

#include "join.h"

#include "execute.h"
#include "files.h"
#include "gate.h"
#include "identity.h"
#include "plan.h"
#include "privileges.h"
#include "report.h"
#include "schedule.h"
#include "shapes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { PID, NAMESPACES, CGROUP, SCORE, ATTRIBUTE, LABEL, MASK, FILES, BECOMES_ROOT, TERMINAL, OWNER, CWD, FLAGS, FILTER, DOMAIN,
       IO_CLASS, INITIAL, FINAL, LIMIT_COUNT, FIXED };
static const char fixed_shape[] = "iiwwwwIIbbIpiwIIwwi";
static const char limits_shape[] = ":idd", scheduler_shape[] = "IisIddd", privileges_shape[] = "MMMIIgb";

struct joining {
  const char **words; /* the fixed ones */
  struct step limits, scheduler, privileges;
  struct plan plan; /* the filter, arguments and environment */
};

static noreturn void misused(void) {
  dprintf(STDERR_FILENO, "terrarium-init: join: its words are not what it takes\n");
  _exit(START_FAILED);
}

static struct words take(const char ***next, size_t *left, size_t count, const char *shape) {
  struct words taken = {*next, count};
  if (*left < count || !has_shape(shape, taken)) misused();
  *next += count;
  *left -= count;
  return taken;
}

/* TERRARIUM_1 and so on, in their order: programs before this one obey no such names. */
static struct words environment(void) {
  struct words words = {calloc(1, sizeof(char *)), 0};
  for (char name[32]; words.at; words.count++) {
    snprintf(name, sizeof name, "TERRARIUM_%zu", words.count + 1);
    const char *value = getenv(name);
    if (!value) return words;
    const char **larger = realloc(words.at, (words.count + 2) * sizeof *larger);
    if (!larger) break;
    words.at = larger;
    words.at[words.count] = value;
    words.at[words.count + 1] = NULL;
  }
  start_failed("the environment");
}

static void read_words(struct joining *joining, const char **next, size_t left, struct words variables) {
  joining->words = take(&next, &left, FIXED, fixed_shape).at;
  uint64_t limits = number_of(joining->words[LIMIT_COUNT]);
  if (limits > left) misused();
  joining->limits = (struct step){.words = take(&next, &left, limits * 3, limits_shape)};
  joining->scheduler = (struct step){.words = take(&next, &left, 7, scheduler_shape)};
  joining->privileges = (struct step){.words = take(&next, &left, 7, privileges_shape)};
  if (left == 0 || next[0][0] != '/') misused();
  struct plan *plan = &joining->plan;
  plan->arguments = (struct words){next, left};
  plan->environment = variables;
  plan->filter = joining->words[FILTER];
  plan->has_filter = plan->filter[0] != '\0';
  plan->filter_flags = (uint32_t)number_of(joining->words[FLAGS]);
  if (!is_filter(plan->filter) || !is_processors(joining->words[INITIAL]) || !is_processors(joining->words[FINAL])) misused();
}

static void write_to(const char *file, const char *text) {
  if (text[0] && file[0] && write_text(file, text, strlen(text)) < 0) start_failed(file);
}

/* By the other end alone, so that it does not matter where its name is: ioctl_tty(2), TIOCGPTPEER. */
static void open_terminal(int other_end) {
  int locked = 0;
  if (ioctl(other_end, TIOCSPTLCK, &locked) < 0) start_failed("the terminal");
  int terminal = ioctl(other_end, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) start_failed("the terminal");
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
    if (dup2(terminal, descriptor) < 0) start_failed("the terminal");
  close(terminal);
  close(other_end);
}

/* Where a container has made its devpts read-only, the terminal stays whose it is: nobody inside keeps shells away so. */
static void own_terminal(const char *owner) {
  if (strcmp(owner, "-") != 0) give(STDIN_FILENO, (uid_t)number_of(owner), (gid_t)-1);
}

/* While the machine's /proc and cgroups are at hand. */
static void prepare(const struct joining *joining) {
  const char **words = joining->words;
  struct step io_priority = {.words = {words + IO_CLASS, 1}}, domain = {.words = {words + DOMAIN, 1}};
  if (run_on(words[INITIAL]) < 0) start_failed("process.execCPUAffinity");
  write_to(words[CGROUP], "0");
  if (run_on(words[FINAL]) < 0) start_failed("process.execCPUAffinity");
  set_scheduler(&joining->scheduler);
  set_io_priority(&io_priority);
  set_personality(&domain);
  write_to("/proc/self/oom_score_adj", words[SCORE]);
  write_to(words[ATTRIBUTE], words[LABEL]);
  set_limits(&joining->limits);
  if (strcmp(words[FILES], "-") != 0) limit_open_files(number_of(words[FILES]));
  if (strcmp(words[MASK], "-") != 0) umask((mode_t)number_of(words[MASK]));
}

/* All at once, and the root that PID has now. */
static void enter(const char **words) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/root", words[PID]);
  int process = open_pid((pid_t)number_of(words[PID])), root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process < 0 || root < 0) start_failed("the container");
  if (enter_namespace(process, (int)number_of(words[NAMESPACES])) < 0) start_failed("its namespaces");
  if (fchdir(root) < 0 || chroot(".") < 0) start_failed("its root");
  close(process);
  close(root);
}

static noreturn void run(const struct joining *joining) {
  const char **words = joining->words;
  const struct plan *plan = &joining->plan;
  if (syscall(SYS_close_range, 3, ~0u, 0) < 0) start_failed("close_range");
  default_signals();
  die_with_parent();
  if (setsid() < 0) start_failed("setsid");
  if (words[TERMINAL][0] == '1' && ioctl(STDIN_FILENO, TIOCSCTTY, 0) < 0) start_failed("the terminal");
  if (chdir(words[CWD]) < 0) {
    dprintf(STDERR_FILENO, "terrarium: %s: %s\n", words[CWD], strerror(errno));
    if (chdir("/") < 0) start_failed("/");
  }
  bool is_loaded = filters_early(plan, &joining->privileges);
  if (plan->has_filter && !is_loaded && load_filter(plan) < 0) start_failed("seccomp");
  execute(plan->arguments, plan->environment);
  int error = errno;
  say_why_not(plan->arguments.at[0], error);
  _exit(exit_code_of(error));
}

/* As the program did: by its exit code, or by its signal. */
static noreturn void end_like(int status) {
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  int number = WTERMSIG(status);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  signal(number, SIG_DFL);
  if (number < 32) raise(number); /* Node has no name for a real-time signal */
  _exit(128 + number);
}

/* What the stage tells in memory that it shares: the container's filter may forbid it to write. */
struct made {
  pid_t pid;
  int error; /* of fork(2) */
};

/* The program's process is a child of the stage's parent (CLONE_PARENT). The kernel writes its PID as the stage counts. */
static noreturn void enter_and_fork(const struct joining *joining, struct made *made) {
  die_with_parent();
  bool is_root = geteuid() == 0;
  if (is_root) own_terminal(joining->words[OWNER]);
  prepare(joining);
  if (prctl(PR_SET_DUMPABLE, 0) < 0) start_failed("PR_SET_DUMPABLE");
  enter(joining->words);
  if (joining->words[BECOMES_ROOT][0] == '1') switch_to_root();
  if (!is_root) own_terminal(joining->words[OWNER]);
  drop_privileges(&joining->plan, &joining->privileges);
  /* Once more: a change of ids has made it what fs.suid_dumpable says (PR_SET_DUMPABLE(2const)). */
  if (prctl(PR_SET_DUMPABLE, 0) < 0) start_failed("PR_SET_DUMPABLE");
  pid_t child = (pid_t)syscall(SYS_clone, CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD, NULL, &made->pid, NULL, NULL);
  if (child == 0) run(joining);
  made->error = child < 0 ? errno : 0;
  syscall(SYS_exit_group, 0);
  __builtin_trap(); /* a filter that forbids exit_group(2) too */
}

/* Stays outside of the container, so no filter of it forbids the report. Returns how the program ended. */
static int run_inside(const struct joining *joining, bool is_reported) {
  struct made *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED) start_failed("mmap");
  die_with_parent();
  pid_t stage = fork();
  if (stage < 0) start_failed("fork");
  if (stage == 0) enter_and_fork(joining, made);
  if (prctl(PR_SET_DUMPABLE, 0) < 0) start_failed("PR_SET_DUMPABLE");
  int status = 0;
  while (waitpid(stage, &status, 0) < 0 && errno == EINTR) {}
  if (made->pid == 0) {
    errno = made->error;
    if (errno) start_failed("fork");
    return status; /* it has said why */
  }
  if (is_reported) report("joined", made->pid);
  while (waitpid(made->pid, &status, __WALL) < 0 && errno == EINTR) {}
  return status;
}

noreturn void join_container(char **words, bool has_terminal) {
  struct joining joining = {0};
  size_t count = 0;
  while (words[count]) count++;
  read_words(&joining, (const char **)words, count, environment());
  if (has_terminal) open_terminal(OTHER_END);
  end_like(run_inside(&joining, false));
}

bool is_join(const char *buffer, size_t size) { return size > 5 && memcmp(buffer, "join", 5) == 0; }

/* The words of BUFFER, whose last byte is a NUL, behind the first. */
static struct words split(char *buffer, size_t size) {
  struct words words = {calloc(size, sizeof(char *)), 0};
  if (!words.at || buffer[size - 1] != '\0') misused();
  for (char *word = buffer + strlen(buffer) + 1; word < buffer + size; word += strlen(word) + 1) words.at[words.count++] = word;
  return words;
}

/* Node can give a descriptor to a child alone, and this process is none of its own: it takes it (pidfd_getfd(2)). */
static void take_terminal(const char **words) {
  int helper = open_pid((pid_t)number_of(words[0]));
  int other_end = helper < 0 ? -1 : take_descriptor(helper, (int)number_of(words[1]));
  if (other_end < 0) {
    report("refused", errno);
    _exit(START_FAILED);
  }
  close(helper);
  close(ERRORS); /* as the spawner gives it to each: /dev/null of the machine */
  open_terminal(other_end);
  report("pid", getpid());
}

noreturn void join_as_planned(char *buffer, size_t size) {
  struct joining joining = {0};
  struct words all = split(buffer, size);
  const char **next = all.at;
  size_t left = all.count;
  const char **terminal = take(&next, &left, 2, "ii").at;
  const char **count = take(&next, &left, 1, "i").at;
  uint64_t variables = number_of(count[0]);
  if (variables > left) misused();
  struct words environment = {calloc(variables + 1, sizeof(char *)), variables};
  if (!environment.at) start_failed("the environment");
  memcpy(environment.at, take(&next, &left, variables, ":w").at, variables * sizeof(char *));
  read_words(&joining, next, left, environment);
  signal(SIGCHLD, SIG_DFL); /* ignored by spawner.c, it would take the exit status away (wait(2)) */
  take_terminal(terminal);
  int status = run_inside(&joining, true);
  /* A terminal ends with the last process that has it open. */
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) close(descriptor);
  if (WIFSIGNALED(status)) report("signal", WTERMSIG(status));
  else report("exit", WEXITSTATUS(status));
  hear();
  _exit(0);
}
