/* What the words of a plan may be. */
#pragma once

#include "plan.h"

/* Decimal without a sign or leading zeros, at most MOST. */
bool is_number(const char *text, uint64_t most);

/* Lower-case hexadecimal digits, or nothing. */
bool is_hex(const char *text);

enum { MOST_INSTRUCTIONS = 4096 /* BPF_MAXINSNS */ };

/* Hexadecimal digits of at most MOST_INSTRUCTIONS instructions of BPF, 16 each; nothing is none. */
bool is_filter(const char *text);

/* The instructions of a filter, eight bytes each. Returns how many. */
size_t read_filter(const char *text, void *instructions);

/*
 * SHAPE has a letter for each word: w any, p an absolute path, n a name in the step's folder, t a type of node, d a number
 * of 64 bits, i one of 32, g a list of groups, m a map of ids,
 * s a nice value from 0 to 39 (20 is none), b 0 or 1, F a filter; I an id and M a mask, or "-" for both. What follows a colon may
 * come any number of times.
 */
bool has_shape(const char *shape, struct words words);
