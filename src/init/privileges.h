/* What PID 1 gives up before the payload: limits, capabilities, ids, and system calls. */
#pragma once

#include "plan.h"

/* Each carries one step out, or ends the start. */
void set_limits(const struct step *step);

/* Groups, capabilities and ids in the order in which each is still allowed. */
void drop_privileges(const struct plan *plan, const struct step *step);

/* Whether the filter has to be there before privileges are dropped: without no-new-privileges it takes CAP_SYS_ADMIN. */
bool filters_early(const struct plan *plan, const struct step *privileges);

/* Its user owns what it has as standard input, output and error (own_stdio). */
void give_stdio(const struct step *privileges);

/* seccomp(2). Returns 0, or -1 with errno. */
int load_filter(const struct plan *plan);

/* The soft limit of open files where config.json sets none. */
void limit_open_files(uint64_t most);
