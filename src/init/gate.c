/* What a start waits for. */
#include "gate.h"

#include "report.h"

#include <errno.h>
#include <unistd.h>

static int words = WORDS;

void hear_from(int descriptor) { words = descriptor; }

char hear(void) {
  char word = 0;
  ssize_t length;
  while ((length = read(words, &word, 1)) < 0 && errno == EINTR) {}
  return length == 1 ? word : 0;
}

void wait_for(char expected) {
  if (hear() != expected) _exit(START_FAILED);
}

void say(int descriptor, char word) {
  while (write(descriptor, &word, 1) < 0 && errno == EINTR) {}
}

void wait_before(const struct plan *plan, int step) {
  static int last = NO_STEP;
  if (!plan->is_stepwise || step == NO_STEP || step == last) return;
  last = step;
  note_call("");
  report("wait", step);
  wait_for(GO_ON);
}
