/* How a process is scheduled, and which clocks and execution domain it sees. */
#include "kernel.h"

#include "schedule.h"

#include "files.h"
#include "report.h"
#include "shapes.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sched_setattr(2); not every libc has it. */
struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

/* Words of a step of scheduling. */
enum { POLICY, FLAGS, NICE, PRIORITY, RUNTIME, DEADLINE, PERIOD };

enum { NO_NICE = 20 /* as the word has it */, ONE_PROCESS = 1 /* IOPRIO_WHO_PROCESS */ };

void set_scheduler(const struct step *step) {
  const char *const *words = step->words.at;
  if (strcmp(words[POLICY], "-") == 0) return;
  struct attributes wanted = {
      .size = sizeof wanted,
      .policy = (uint32_t)number_of(words[POLICY]),
      .flags = number_of(words[FLAGS]),
      .nice = (int32_t)number_of(words[NICE]) - NO_NICE,
      .priority = (uint32_t)number_of(words[PRIORITY]),
      .runtime = number_of(words[RUNTIME]),
      .deadline = number_of(words[DEADLINE]),
      .period = number_of(words[PERIOD]),
  };
  if (TOLD("sched_setattr", syscall(SYS_sched_setattr, 0, &wanted, 0)) < 0) step_failed(step->index, "sched_setattr", NULL);
}

void set_io_priority(const struct step *step) {
  const char *priority = step->words.at[0];
  if (strcmp(priority, "-") != 0 && TOLD("ioprio_set", syscall(SYS_ioprio_set, ONE_PROCESS, 0, (int)number_of(priority))) < 0)
    step_failed(step->index, "ioprio_set", NULL);
}

void set_personality(const struct step *step) {
  const char *domain = step->words.at[0];
  if (strcmp(domain, "-") != 0 && TOLD("personality", personality(number_of(domain))) < 0)
    step_failed(step->index, "personality", NULL);
}

/* Offsets can be told until the first process is in (time_namespaces(7)), so this one makes it, and enters then. */
void enter_clocks(const struct plan *plan) {
  static const char *const clocks[] = {"monotonic", "boottime"};
  char text[160];
  size_t used = 0;
  for (int i = 0; i < 2; i++) {
    const struct offset *offset = &plan->offsets[i];
    used += (size_t)snprintf(text + used, sizeof text - used, "%s %s%llu %llu\n", clocks[i], offset->is_negative ? "-" : "",
                             (unsigned long long)offset->seconds, (unsigned long long)offset->nanoseconds);
  }
  if (leave_namespaces(CLONE_NEWTIME) < 0) step_failed(plan->unshare_step, "the time namespace", NULL);
  if (write_text("/proc/self/timens_offsets", text, used) < 0) step_failed(plan->unshare_step, "linux.timeOffsets", NULL);
  int made = (int)TOLD("openat", open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC));
  if (made < 0 || enter_namespace(made, CLONE_NEWTIME) < 0) step_failed(plan->unshare_step, "the time namespace", NULL);
  close(made);
}

bool is_processors(const char *mask) { return is_hex(mask) && strlen(mask) <= CPU_SETSIZE / 4; }

int run_on(const char *mask) {
  size_t length = strlen(mask);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (size_t bit = 0; bit < length * 4; bit++) {
    char digit = mask[length - 1 - bit / 4];
    if ((digit <= '9' ? digit - '0' : digit - 'a' + 10) >> bit % 4 & 1) CPU_SET(bit, &set);
  }
  return length == 0 ? 0 : sched_setaffinity(0, sizeof set, &set);
}
