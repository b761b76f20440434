/* What the helper hears. */
#include "report.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KEPT = 16 * 1024 };

static struct kept {
  atomic_flag is_busy; /* one of two processes tells them */
  atomic_bool is_late;
  atomic_bool has_gone;
  atomic_size_t used;
  size_t told;
  char text[KEPT];
} own, *pid1, *kept;

void keep_reports(void) {
  pid1 = mmap(NULL, sizeof *pid1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (pid1 == MAP_FAILED) start_failed("mmap");
  kept = &own;
}

void keep_as_pid1(void) { kept = pid1; }

/* A helper that is gone ends the start by the end of its words. */
static bool tell(const char *text, size_t length) {
  ssize_t told;
  while ((told = write(REPORTS, text, length)) < 0 && errno == EINTR) {}
  return told >= 0;
}

/* What PID 1's filter forbids it to write is told by the monitor. */
static void tell_all(struct kept *of) {
  size_t used = of->used;
  if (used == of->told || tell(of->text + of->told, used - of->told)) of->told = used;
  atomic_flag_clear(&of->is_busy);
}

void tell_reports(void) {
  if (!kept) return;
  while (atomic_flag_test_and_set(&kept->is_busy)) sched_yield();
  tell_all(kept);
}

void keep_no_more(void) {
  tell_reports();
  kept = NULL;
}

void note_go(void) {
  if (pid1) pid1->has_gone = true;
}

bool has_gone(void) { return pid1 && pid1->has_gone; }

void tell_late_reports(bool has_ended) {
  if (!pid1) return;
  pid1->is_late = true;
  if (!atomic_flag_test_and_set(&pid1->is_busy) || has_ended) tell_all(pid1);
}

static void add(const char *line, size_t length) {
  if (!kept || kept->used + length > KEPT) {
    keep_no_more();
    tell(line, length);
    return;
  }
  memcpy(kept->text + kept->used, line, length);
  kept->used += length;
  if (kept->is_late) tell_reports();
}

void report(const char *word, long index) {
  if (index < 0) return;
  char line[64];
  add(line, (size_t)snprintf(line, sizeof line, "%s %ld\n", word, index));
}

void report_ready(void) {
  add("ready\n", 6);
  keep_no_more();
}

static const char *call = "";
static int times;

/* Of one name in a row they are counted: options of a file system are a call each. */
void note_call(const char *name) {
  times = strcmp(call, name) == 0 ? times + 1 : 1;
  call = name;
}

static bool is_telling;

void tell_answers(bool tells) { is_telling = tells; }

/* "answer CALL NUMBER", or where it failed "answer CALL -1 ERRNO strerror(ERRNO)" */
long answered(long answer) {
  int error = errno;
  if (is_telling && answer >= 0) dprintf(REPORTS, "answer %s %ld\n", call, answer);
  else if (is_telling) dprintf(REPORTS, "answer %s -1 %d %s\n", call, error, strerror(error));
  errno = error;
  return answer;
}

/* "errno NUMBER CALL TIMES strerror(NUMBER)" */
static void report_errno(int error) {
  keep_no_more();
  if (call[0]) dprintf(REPORTS, "errno %d %s %d %s\n", error, call, times, strerror(error));
}

noreturn void step_failed(long index, const char *what, const char *detail) {
  int error = errno;
  const char *reason = errno == ENOSYS ? "this kernel lacks a system call for it; Linux 5.12 has all" : strerror(errno);
  if (detail && detail[0]) dprintf(MESSAGES, "%s: %s (%s)\n", what, reason, detail);
  else dprintf(MESSAGES, "%s: %s\n", what, reason);
  report_errno(error);
  report("fail", index);
  _exit(START_FAILED);
}

noreturn void place_refused(long index, const char *place, const char *why) {
  int error = errno;
  dprintf(MESSAGES, "%s: %s\n", place, strerror(error));
  report_errno(error);
  if (index < 0) dprintf(REPORTS, "refuse - %s\n", why);
  else dprintf(REPORTS, "refuse %ld %s\n", index, why);
  _exit(START_FAILED);
}

noreturn void start_failed(const char *what) { step_failed(-1, what, NULL); }
