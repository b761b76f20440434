/* How a process is scheduled, and which clocks and execution domain it sees. */
#pragma once

#include "plan.h"

/* Each carries one step out, or ends the start. */
void set_scheduler(const struct step *step);
void set_io_priority(const struct step *step);
void set_personality(const struct step *step);

/* A time namespace of this process with the plan's offsets. Ends the start on failure. */
void enter_clocks(const struct plan *plan);

/* Processors as a mask in hexadecimal digits, the first one in the last; 1024 at most. */
bool is_processors(const char *mask);

/* sched_setaffinity(2) of this process; nothing where MASK is empty. Returns 0, or -1 with errno. */
int run_on(const char *mask);
