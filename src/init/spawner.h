/* One process of the helper that forks for each start: to fork the helper itself would take it milliseconds. */
#pragma once

enum { MOST_STARTS = 16, FIRST_START = 3, STARTS_DESCRIPTORS = 4 };

/*
 * COUNT starts may be asked for, one after the other, each by a plan on the last of four descriptors of its own, from
 * FIRST_START on: messages, reports, words, the plan. Returns in the process of one start, made before that is asked for,
 * which has nothing but these, in the places that "start" has them in, and /dev/null. Ends when all have been asked for,
 * or can be no more, and have ended.
 */
void wait_for_starts(unsigned int count);
