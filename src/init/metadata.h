/* Mode, owner, times and extended attributes of files by their descriptors, opened with O_PATH or otherwise. */
#pragma once

#include <stdbool.h>

struct stat;

/* What of the metadata of two files is different: any of 'm' (mode), 'o' (owner) and 'x' (attributes); "" for nothing. */
const char *metadata_difference(int one, const struct stat *first, int other, const struct stat *second);

/* Gives TO the mode, owner and attributes of FROM. Returns 0, or -1 with errno. */
int copy_metadata(int from, int to);

/* Whether a folder of an upper hides what the lower has in it. */
bool is_opaque(int folder);

/* Takes away what overlayfs has written down for itself. Returns 0, or -1 with errno. */
int remove_marks(int file);

/* Attribute NAME of a file, as hexadecimal digits into TEXT, which holds SIZE bytes; empty for none. */
void attribute_digits(int file, const char *name, char *text, unsigned long size);

/*
 * "NAME=DIGITS" and a newline for each attribute, into TEXT, which holds SIZE bytes. The label of SELinux is left out: it
 * is the machine's. Returns false where they cannot be known, or are longer.
 */
bool list_attributes(int file, char *text, unsigned long size);
