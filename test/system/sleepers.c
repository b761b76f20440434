/* Forks as many sleepers as it is told and waits for them: a container with ten thousand processes in
 * a second. A SIGTERM for all ends the sleepers alone, so that none becomes a zombie of PID 1's. */
#include <signal.h>
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
  signal(SIGTERM, SIG_IGN);
  while (wait(0) > 0) continue;
}
