/*
 * Extended attributes (xattr(7)) of files of a rootfs, which Node cannot read. The rootfs is on 3, and on standard input
 * are paths in it, ended by a NUL each. For each of them a word is told, and a NUL: also where the path leads to nothing
 * any more.
 *
 *   terrarium-init capabilities  the file capability (capabilities(7)) as hexadecimal digits, or nothing
 *   terrarium-init attributes    all of them ("NAME=DIGITS" and a newline each), or "?" where they are not known
 */
#include "xattrs.h"

#include "kernel.h"
#include "layer.h"
#include "metadata.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOT = 3, LONGEST = 4096 };

noreturn void tell_attributes(bool capabilities) {
  char *path = NULL, word[LONGEST];
  size_t size = 0;
  while (getdelim(&path, &size, '\0', stdin) > 0) {
    int file = open_below(ROOT, path, O_PATH | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
    word[0] = '\0';
    if (file >= 0 && capabilities) attribute_digits(file, "security.capability", word, sizeof word);
    if (!capabilities && (file < 0 || !list_attributes(file, word, sizeof word))) strcpy(word, "?");
    if (file >= 0) close(file);
    put_word(word);
  }
  free(path);
  exit(ferror(stdin) || !is_told() ? EXIT_FAILURE : EXIT_SUCCESS);
}
