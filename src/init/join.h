/* A further process in a running container. */
#pragma once

#include <stdbool.h>
#include <stdnoreturn.h>

enum { OTHER_END = 3 }; /* the descriptor of the terminal's other end */

/*
 * Enters the namespaces of a process, takes what PID 1 has of limits, ids, capabilities and filter, and runs a program
 * there; ends as that does. WORDS are those after "join" (join.c), the environment of the program is in
 * TERRARIUM_1, TERRARIUM_2 and so on. With HAS_TERMINAL it opens the terminal of OTHER_END on 0, 1 and 2 first.
 */
noreturn void join_container(char **words, bool has_terminal);
