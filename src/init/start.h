/* What PID 1 does: it makes the container around itself, waits, and becomes the payload. */
#pragma once

#include "plan.h"

#include <stdnoreturn.h>
#include <sys/types.h>

/* Carries out the steps of one phase, in their order, below ROOT (-1 where there is none yet). */
void carry_out_phase(const struct plan *plan, int root, enum phase phase);

/*
 * Whether PID 1 hears the words of the helper itself: to pass them on takes time. Otherwise the monitor comes first, in a
 * start that waits before each step and with who opens sources, who has to be gone by the last word.
 */
bool hears_helper(const struct plan *plan);

/* WORDS: its end of a socket, the other end of which the monitor has. */
noreturn void start(const struct plan *plan, int words, mode_t callers_umask);
