/* Forks for each start. */
#include "spawner.h"

#include "report.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each goes to a lower number than it has, and none to one that is still to be moved. */
static void take_place(int first) {
  if (setsid() < 0) start_failed("setsid");
  for (int descriptor = MESSAGES; descriptor <= PLAN; descriptor++)
    if (dup2(first + descriptor - MESSAGES, descriptor) < 0) start_failed("a descriptor is missing");
  if (dup2(STDIN_FILENO, ERRORS) < 0 || syscall(SYS_close_range, ERRORS + 1, ~0u, 0) < 0) start_failed("close_range");
}

/* Whether this process is that of the start. Nothing of a start stays here: neither a byte of its plan nor a descriptor. */
static bool begins(int first, bool is_asked) {
  pid_t pid = is_asked ? fork() : -1;
  if (pid == 0) return true;
  if (is_asked && pid < 0) dprintf(first, "fork: %s\n", strerror(errno));
  syscall(SYS_close_range, first, first + STARTS_DESCRIPTORS - 1, 0);
  return false;
}

void wait_for_starts(unsigned int count) {
  struct pollfd plans[MOST_STARTS];
  signal(SIGCHLD, SIG_IGN); /* they are reaped by themselves (wait(2)) */
  for (unsigned int i = 0; i < count; i++)
    plans[i] = (struct pollfd){.fd = FIRST_START + STARTS_DESCRIPTORS * (int)(i + 1) - 1, .events = POLLIN};
  for (unsigned int left = count; left > 0;) {
    if (poll(plans, count, -1) < 0) continue; /* EINTR */
    for (unsigned int i = 0; i < count; i++) {
      if (plans[i].fd < 0 || !plans[i].revents) continue;
      int first = plans[i].fd - STARTS_DESCRIPTORS + 1;
      plans[i].fd = -1;
      left--;
      /* The other end is open still, or the helper has ended. */
      if (begins(first, !(plans[i].revents & (POLLHUP | POLLERR)))) return take_place(first);
    }
  }
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
  _exit(0);
}
