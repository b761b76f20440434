/* terrarium-init rewatch (rewatch.c). */
#pragma once

#include <stdnoreturn.h>

/* Descriptors that the helper gives: the folder whose watchers count, and the one that the tree has come to;
   then a file of /proc for each who watches. */
enum { WATCHED = 3, PLACE = 4, FIRST_WATCHER = 5 };

/* ACTION and what follows it. */
noreturn void rewatch(char **words);
