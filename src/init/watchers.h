/* Who follows a folder by inotify(7), as an editor does, and what they watch by now: proc_pid_fdinfo(5) has it. */
#pragma once

#include <stdbool.h>

/* Of the windows of one person. */
enum { MOST_WATCHERS = 32 };

/*
 * Tells who watches FOLDER: a file of /proc for each, to be opened. In a new user namespace the kernel refuses that
 * (ptrace(2)), and lets what was opened before be read. Where it cannot be known, as on an overlay, nobody is told.
 */
void tell_watchers(int folder);

/* Waits for TIME, in milliseconds. Ends the program where standard input has ended. */
void exit_without_helper(int time);

/*
 * Waits until all watch FOLDER for whose file there is a descriptor from FIRST on, COUNT at first. Who does not for PATIENCE
 * milliseconds is left out from then on: it follows one folder alone. Returns whether somebody is left.
 */
bool wait_for_watchers(int first, int *count, int folder, int patience);

/* Remembers what they all watch by now, of those of which there are COUNT from FIRST on, for are_watching. */
void learn_watched(int first, int count);

/* Whether all of them watched FOLDER then: what they may not read, or leave out, they do not. */
bool are_watching(int folder);
