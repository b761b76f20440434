/* Removes trees by descriptors: no link is followed, and no other file system is entered. */
#pragma once

#include <dirent.h>

/* Entries of a folder whose descriptor the caller keeps; null with errno. */
DIR *open_list(int folder);

/* What NAME in FOLDER is, with all below it. Returns 0, or -1 with errno. */
int remove_tree(int folder, const char *name);

/* All that is in FOLDER. Returns 0, or -1 with errno. */
int remove_children(int folder);
