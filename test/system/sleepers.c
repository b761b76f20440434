/* Forks as many sleepers as it is told and waits for them: a container with ten thousand processes in
 * a second. They have no files open, and one page or two of their own. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  for (int left = argc > 1 ? atoi(argv[1]) : 1; left > 0; left--)
    switch (fork()) {
    case -1:
      return 1;
    case 0:
      for (;;) pause();
    }
  while (wait(0) > 0) continue;
}
