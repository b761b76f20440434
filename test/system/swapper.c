// swapper ONE OTHER [PAUSE]: has both change places, for ever, with no moment between (renameat2(2)). PAUSE is in
// microseconds, 700 where it is left out.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int pause = argc > 3 ? atoi(argv[3]) : 700;
  for (;;) {
    if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) != 0) return 1;
    if (pause) usleep((useconds_t)pause);
  }
}
