/* What the helper hears. */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void report(const char *word, long index) {
  if (index < 0) return;
  char line[64];
  int length = snprintf(line, sizeof line, "%s %ld\n", word, index);
  /* A helper that is gone ends the start by the end of its words. */
  while (write(REPORTS, line, (size_t)length) < 0 && errno == EINTR) {}
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
