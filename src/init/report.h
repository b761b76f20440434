/* What the helper hears: lines on descriptor 3, and on descriptor 2 why something failed. */
#pragma once

#include <stdbool.h>
#include <stdnoreturn.h>

enum { MESSAGES = 2, REPORTS = 3, WORDS = 4, PLAN = 5, ERRORS = 6 };

/* The start failed, and a message says why. */
enum { START_FAILED = 125 };

/* WORD INDEX; nothing where the step has no number. */
void report(const char *word, long index);

/*
 * Reports are kept until tell_reports: each write would wake the helper, which takes longer than most steps. Those of
 * PID 1 lie where its monitor can tell them as well.
 */
void keep_reports(void);

/* Called by PID 1: from here on its own reports, not those that the monitor has kept. */
void keep_as_pid1(void);

/* Those of this process that are kept; and that PID 1 is ready, at the end of all. */
void tell_reports(void);
void report_ready(void);

/* Called by the monitor: its own are told at once from here on. */
void keep_no_more(void);

/* Those of PID 1, which from here on tells them itself as they come, where its filter lets it; or which has ended. */
void tell_late_reports(bool has_ended);

/* Called by PID 1 where it goes on to its program; and whether it has. */
void note_go(void);
bool has_gone(void);

/* Notes the system call that is made next: where it fails, the helper hears of it. NAME is kept. */
void note_call(const char *name);

/* Whether the helper hears what the calls of each step answer. */
void tell_answers(bool tells);

/* What the noted call has answered: the helper hears of it. Returns ANSWER, and keeps errno. */
long answered(long answer);

/* A call whose answer is told. */
#define TOLD(name, expression) (note_call(name), answered((long)(expression)))

/* Says "WHAT: strerror(errno)", or with DETAIL in brackets behind it, and that the step failed. */
noreturn void step_failed(long index, const char *what, const char *detail);

/*
 * A place in the rootfs that cannot be mounted on: "refuse INDEX WHY", and "PLACE: strerror(errno)" as the message. WHY is
 * missing, where it is no folder and cannot be made one, or symlink; rootfs, without a step, for the rootfs itself.
 */
noreturn void place_refused(long index, const char *place, const char *why);

/* The same where no step of the helper's has failed. */
noreturn void start_failed(const char *what);
