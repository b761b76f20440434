/* Forks for each start, and for each further process in a container. */
#include "spawner.h"

#include "identity.h"
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

/* How long the next process is not made while the one before may be busy, in milliseconds. */
enum { PAUSE = 50 };

/* Each goes to a lower number than it has, and none to one that is still to be moved. */
static void take_place(int first) {
  if (setsid() < 0) start_failed("setsid");
  for (int descriptor = MESSAGES; descriptor <= PLAN; descriptor++)
    if (dup2(first + descriptor - MESSAGES, descriptor) < 0) start_failed("a descriptor is missing");
  if (dup2(STDIN_FILENO, ERRORS) < 0 || syscall(SYS_close_range, ERRORS + 1, ~0u, 0) < 0) start_failed("close_range");
}

/* Until a plan is there, or its time is over. Returns whether the helper is there still. */
static bool await(int plan, int milliseconds) {
  struct pollfd asked = {.fd = plan, .events = POLLIN};
  while (poll(&asked, 1, milliseconds) < 0 && errno == EINTR) {}
  return !(asked.revents & (POLLHUP | POLLERR));
}

void wait_for_starts(unsigned int count) {
  bool is_wanted = true;
  die_with_parent(); /* and with it what joins a container: that has this one as its parent (join.c) */
  signal(SIGCHLD, SIG_IGN); /* they are reaped by themselves (wait(2)) */
  for (unsigned int i = 0; is_wanted && i < count; i++) {
    int first = FIRST_START + STARTS_DESCRIPTORS * (int)i, plan = first + STARTS_DESCRIPTORS - 1;
    /* A start that goes on comes first. */
    if (i > 0) await(plan, PAUSE);
    pid_t pid = fork();
    if (pid == 0) return take_place(first);
    if (pid < 0) dprintf(first, "fork: %s\n", strerror(errno));
    else is_wanted = await(plan, -1);
    /* Nothing of a start stays here: neither a byte of its plan nor a descriptor. */
    syscall(SYS_close_range, first, plan, 0);
  }
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
  _exit(0);
}
