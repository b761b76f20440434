/* Places in the container, as descriptors: what a path leads to is opened once, inside the root, and then used. */
#pragma once

#include "plan.h"

/*
 * Opens (O_PATH) what PATH leads to below ROOT; links and ".." stay inside (openat2(2), RESOLVE_IN_ROOT). Returns the
 * descriptor, or -1 with errno.
 */
int open_place(int root, const char *path);

/* Whether a link is on the way to PATH, or at its end; errno is ELOOP then. */
bool is_behind_link(int root, const char *path);

/* The same where it is a folder. */
int find_folder(int root, const char *path);

/* The same for a folder, which is made with all that is missing on the way (0755, links are followed inside). */
int make_folder(int root, const char *path);

/* The same for a file: an empty one (0644) where nothing is. */
int make_file(int root, const char *path);

/* CWD/NAME of a step, where NAME is "." or "./x". Returns a string to be freed; null with errno. */
char *join_path(const char *cwd, const char *name);
