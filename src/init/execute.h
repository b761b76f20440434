/* The last act: a process becomes a program of the container. */
#pragma once

#include "plan.h"

/*
 * Executes ARGUMENTS with ENVIRONMENT; a name without a slash is looked up in its PATH as execvp(3) does it. Returns only
 * where that fails, with errno.
 */
void execute(struct words arguments, struct words environment);

/* Says on standard error why NAME could not be executed: ENOENT may be of what is to run it. */
void say_why_not(const char *name, int error);

/* What a shell makes of such a failure: 127 where there is no such program, else 126. */
int exit_code_of(int error);

/* No ignored signal and no mask of the caller's. */
void default_signals(void);

/* Of the signals by which others ask a process to end. */
void handle_endings(void (*handler)(int));
