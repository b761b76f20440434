/* A further process in a running container. */
#pragma once

#include <stdnoreturn.h>

/*
 * Enters the namespaces of a process, takes what PID 1 has of limits, ids, capabilities and filter, and runs a program
 * there; ends as that does. WORDS are those after "join" (join.c), the environment of the program is in
 * TERRARIUM_1, TERRARIUM_2 and so on.
 */
noreturn void join_container(char **words);
