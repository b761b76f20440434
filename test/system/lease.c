// lease FILE: takes a lease on a file of its own and gives it up to nobody: whoever opens it waits.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
  signal(SIGIO, SIG_IGN);
  if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) != 0) {
    perror("lease");
    return 1;
  }
  puts("leased");
  fflush(stdout);
  for (;;) pause();
}
