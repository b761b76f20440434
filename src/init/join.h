/* A further process in a running container. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>

enum { OTHER_END = 3 }; /* the descriptor of the terminal's other end */

/*
 * Enters the namespaces of a process, takes what PID 1 has of limits, ids, capabilities and filter, and runs a program
 * there; ends as that does. WORDS are those after "join" (join.c), the environment of the program is in
 * TERRARIUM_1, TERRARIUM_2 and so on. With HAS_TERMINAL it opens the terminal of OTHER_END on 0, 1 and 2 first.
 */
noreturn void join_container(char **words, bool has_terminal);

/* Whether BUFFER, SIZE bytes that a spawner's process has read, asks for one. */
bool is_join(const char *buffer, size_t size);

/* As join_container: the words and the environment are in BUFFER, the terminal's other end is a descriptor of the helper. */
noreturn void join_as_planned(char *buffer, size_t size);
