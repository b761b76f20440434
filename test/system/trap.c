/* Planted in a hostile rootfs under the names of tools, loaders and libraries (case 40): leaves a
 * file that says as whom it ran and what it could see. Runs as main() and, in a library, before it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void caught(void) {
  char line[256], name[256] = "?";
  FILE *comm = fopen("/proc/self/comm", "r");
  if (comm && fgets(name, sizeof name, comm)) name[strcspn(name, "\n")] = 0;
  int out = open("/trapped", O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (out < 0) return;
  FILE *status = fopen("/proc/self/status", "r");
  dprintf(out, "%s uid %d", name, getuid());
  while (status && fgets(line, sizeof line, status))
    if (!strncmp(line, "CapEff", 6) || !strncmp(line, "NoNewPrivs", 10)) {
      line[strcspn(line, "\n")] = 0;
      dprintf(out, " %s", line);
    }
  dprintf(out, "\n");
  close(out);
}

int main(void) { return 0; }
