/*
 * terrarium-init capabilities: the file capabilities (capabilities(7)) of programs of a rootfs, which Node cannot read.
 * The rootfs is on 3, and on standard input are paths in it, ended by a NUL each. For each of them the attribute is
 * told as hexadecimal digits, or nothing, and a NUL: also where the path leads to nothing any more.
 */
#include "capabilities.h"

#include "kernel.h"
#include "layer.h"
#include "metadata.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROOT = 3, LONGEST = 256 };

noreturn void tell_capabilities(void) {
  char *path = NULL, digits[LONGEST];
  size_t size = 0;
  while (getdelim(&path, &size, '\0', stdin) > 0) {
    int file = open_below(ROOT, path, O_PATH | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
    digits[0] = '\0';
    if (file >= 0) attribute_digits(file, "security.capability", digits, sizeof digits);
    if (file >= 0) close(file);
    put_word(digits);
  }
  free(path);
  exit(ferror(stdin) || !is_told() ? EXIT_FAILURE : EXIT_SUCCESS);
}
