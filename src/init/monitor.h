/* The parent of PID 1, outside of all its namespaces. */
#pragma once

#include "plan.h"

#include <stdnoreturn.h>

/* Makes PID 1, lets it on, waits for its end and reports it. The end of the helper's words ends PID 1. */
noreturn void monitor(struct plan *plan, char *buffer);
