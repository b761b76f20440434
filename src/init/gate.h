/* The words that let a start on, and the gate before each step of one that waits for a person. */
#pragma once

#include "plan.h"

/* One byte each; from the helper to the monitor, and from the monitor to PID 1, of which the end is the end of the start. */
enum { GO_ON = 'm', GO = 'g' };

/* What this process hears the words from: descriptor 4, unless said otherwise. */
void hear_from(int descriptor);

/* The next word; 0 at their end. */
char hear(void);

/* Ends this process unless the next word is that one. */
void wait_for(char expected);

/* Sends a word; a reader that is gone ends the start by itself. */
void say(int descriptor, char word);

/* Where the plan is carried out stepwise: reports "wait STEP", once for each step, and waits for GO_ON. */
void wait_before(const struct plan *plan, int step);
