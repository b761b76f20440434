/* The two classic ways out of a chroot, as real programs (see isolation.test.ts). Static; prints
 * "outside" where it sees the marker file of the host's root. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int verdict(const char *marker) {
  puts(access(marker, F_OK) == 0 ? "outside" : "inside");
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  if (strcmp(argv[1], "chroot") == 0) {
    int here = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("/way-out", 0755);
    if (chroot("/way-out") != 0) return puts("chroot refused"), 0;
    if (fchdir(here) != 0) return puts("fchdir refused"), 0;
    for (int i = 0; i < 64; i++) if (chdir("..") != 0) break;
    if (chroot(".") != 0) return puts("chroot refused"), 0;
    return verdict(argv[2]);
  }
  int own = open("/proc/self/ns/mnt", O_RDONLY);
  if (own < 0 || setns(own, CLONE_NEWNS) != 0) return puts("setns refused"), 0;
  return verdict(argv[2]);
}
