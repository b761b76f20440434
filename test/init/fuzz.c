// The plan reader under libFuzzer: whatever the words are, it says what is wrong or gives a plan that can be walked.
// test/init/fuzz.mjs builds and runs it.
#include "../../src/init/plan.h"
#include "../../src/init/shapes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static volatile uint64_t sum;

// As devices.c and privileges.c do, into an array that AddressSanitizer guards.
static void walk_filter(const char *text) {
  static unsigned char instructions[8 * MOST_INSTRUCTIONS];
  size_t count = read_filter(text, instructions);
  if (count > MOST_INSTRUCTIONS || count != strlen(text) / 16) abort();
}

// Reads all that the rest of the program relies on.
static void walk(const struct plan *plan) {
  sum += strlen(plan->rootfs) + strlen(plan->cwd);
  for (size_t i = 0; i < plan->arguments.count; i++) sum += strlen(plan->arguments.at[i]);
  if (plan->arguments.at[plan->arguments.count]) abort();
  for (size_t i = 0; i < plan->join_count; i++) sum += strlen(plan->joins[i].path);
  for (size_t i = 0; i < plan->step_count; i++) {
    const struct step *step = &plan->steps[i];
    sum += strlen(step->cwd);
    for (size_t w = 0; w < step->words.count; w++) sum += strlen(step->words.at[w]);
    if (step->kind == LIMITS)
      for (size_t w = 0; w < step->words.count; w++) sum += number_of(step->words.at[w]);
    if (step->kind == FILTER_DEVICES) walk_filter(step->words.at[2]);
    if (step->guard != NO_GUARD || step->kind == MOUNT || step->kind == BIND || step->kind == REMOUNT)
      sum += strlen(place_word(step));
    if (step->kind == BIND) sum += strlen(step->words.at[SOURCE]) + step->words.at[FIRST_OPTION - 1][0];
    if (step->kind == PRIVILEGES && step->words.count != 7) abort();
  }
  if (plan->has_filter) walk_filter(plan->filter);
  if (plan->layer) sum += strlen(plan->layer);
  if (plan->cgroup) sum += strlen(plan->cgroup);
  if (plan->tty) sum += strlen(plan->tty);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *buffer = malloc(size + 1);
  if (!buffer) return 0;
  memcpy(buffer, data, size);
  struct plan plan;
  const char *problem = read_plan(buffer, size, &plan);
  if (!problem) walk(&plan);
  free_plan(&plan);
  free(buffer);
  return 0;
}
