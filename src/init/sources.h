/*
 * Sources of binds, opened with the rights of who starts the container: where PID 1 becomes another user in a user
 * namespace, it cannot reach them any more, and only root of the machine can map the ids of a mount.
 */
#pragma once

#include "plan.h"

#include <sys/types.h>

/* Before PID 1 is made: the connection to it, where the plan has such sources. Ends the start on failure. */
void prepare_sources(const struct plan *plan);

/* Whether it has. */
bool needs_sources(void);

/* Once PID 1 has its namespaces: a process that opens sources as PID 1 asks for them, in its mount namespace. */
void offer_sources(const struct plan *plan, pid_t pid);

/* Waits for the end of that process, whose work is done when PID 1 is ready. */
void end_sources(void);

/* In PID 1: takes its end of the connection; and gives it back, after which nothing is opened any more. */
void take_sources(void);
void leave_sources(void);

/*
 * In PID 1: what STEP binds, as a descriptor (O_PATH), or the mount itself with its ids mapped: IS_MOUNT says which.
 * Returns -1 with errno.
 */
int open_source(const struct plan *plan, const struct step *step, bool *is_mount);
