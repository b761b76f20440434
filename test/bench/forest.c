/*
 * Forks COUNT sleepers; then, for each number on standard input, makes as many of them change: half
 * change their name, half end and are forked anew. Says "ready" after each.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
static pid_t *children;
static void renamed(int n) { static int times; char name[16]; snprintf(name, sizeof name, "name %d", times++); prctl(PR_SET_NAME, name); }
static pid_t sleeper(void) {
  pid_t pid = fork();
  if (pid == 0) { for (int fd = 0; fd < 3; fd++) close(fd); signal(SIGUSR1, renamed); for (;;) pause(); }
  if (pid < 0) exit(1);
  return pid;
}
int main(int argc, char **argv) {
  int count = atoi(argv[1]), at = 0, changes;
  signal(SIGUSR1, renamed);
  children = calloc(count, sizeof *children);
  for (int i = 0; i < count; i++) children[i] = sleeper();
  for (;;) {
    puts("ready"); fflush(stdout);
    if (scanf("%d", &changes) != 1) for (;;) pause();
    for (int i = 0; i < changes; i++, at = (at + 1) % count) {
      if (i % 2) kill(children[at], SIGUSR1);
      else { kill(children[at], SIGKILL); waitpid(children[at], 0, 0); children[at] = sleeper(); }
    }
  }
}
