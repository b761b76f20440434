/* Who is who in a user namespace (user_namespaces(7)). */
#pragma once

#include "plan.h"

#include <sys/types.h>

/* From outside: gives the namespace of PID its maps, by writing them or by newuidmap(1). Ends the start on failure. */
void map_ids(const struct plan *plan, pid_t pid);

/* The same by who starts it, for whom no map is a step of its own. */
void map_own(const struct plan *plan, pid_t pid);

/* Before the namespace is made: this process is that person, who owns it then. */
void become_person(const struct plan *plan);

/* Inside, once the maps are there: root of the namespace, whoever that is outside. */
void become_root(const struct plan *plan);

/* This process is root of the user namespace that it is in, and in no further group. Ends the start on failure. */
void switch_to_root(void);

/*
 * Its files in /proc belong to its user, which a change of ids has taken back (PR_SET_DUMPABLE(2const)): it writes there
 * itself, and who started it without root looks at them before "go".
 */
void be_readable(void);

/*
 * Makes UID the owner of what DESCRIPTOR has open, and GID its group unless it is -1. What may not be given stays, as under
 * runc; anything else ends the start.
 */
void give(int descriptor, uid_t uid, gid_t gid);

/*
 * Gives standard input, output and error, so that /dev/stdout can be opened: of terminals and of pipes without a name.
 * Files and what else has a name may be others' too.
 */
void own_stdio(uid_t uid, gid_t gid);

/* Ends this process when its parent does; a change of ids has taken that back (PR_SET_PDEATHSIG(2const)). */
void die_with_parent(void);
