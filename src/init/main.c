/*
 * terrarium-init carries out a container's start: it reads the steps that the helper has planned, makes the system
 * calls, and is the parent of PID 1 then. Started by the helper alone (src/helper/engine/builtin/spawnProgram.ts):
 *
 *   terrarium-init spawner N  waits for N plans, and is "start" in a process of its own for each, or "shell" (spawner.c)
 *   terrarium-init start     0, 1, 6: standard input, output and error of the payload; 2: messages; 3: reports;
 *                            4: words of the helper; 5: the plan
 *   terrarium-init join ...  a further process in a running container (join.c), on 0, 1 and 2
 *   terrarium-init shell ... the same, on the terminal whose other end is 3
 *   terrarium-init layer ... what is done with a scratch layer (layer.c)
 *   terrarium-init capabilities  those of programs of a rootfs (xattrs.c)
 *   terrarium-init attributes    the extended attributes of files (xattrs.c)
 *   terrarium-init file ...  what an editor does with a file of a rootfs (edit.c)
 *   terrarium-init rewatch ...   has editors follow a tree that was moved (rewatch.c)
 */
#include "edit.h"
#include "execute.h"
#include "join.h"
#include "layer.h"
#include "monitor.h"
#include "plan.h"
#include "report.h"
#include "rewatch.h"
#include "sealed.h"
#include "shapes.h"
#include "spawner.h"
#include "watchers.h"
#include "xattrs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Returns how much there was of it. */
static size_t read_up_to(char *buffer, size_t size) {
  size_t used = 0;
  while (used < size) {
    ssize_t length = read(PLAN, buffer + used, size - used);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) start_failed("the plan");
    if (length == 0) break;
    used += (size_t)length;
  }
  return used;
}

/* The plan comes behind a word that is its length: the helper closes it a turn of its event loop later. */
static char *read_whole_plan(size_t *size) {
  char length[16] = "";
  for (size_t i = 0; i < sizeof length - 1 && read_up_to(length + i, 1) == 1 && length[i]; i++) {}
  *size = is_number(length, MAX_PLAN) ? (size_t)number_of(length) : 0;
  char *buffer = malloc(*size + 1);
  if (!buffer) start_failed("the plan");
  *size = read_up_to(buffer, *size);
  close(PLAN);
  return buffer;
}

/* What the helper hands over stays in this process and what it forks. */
static void close_on_exec(void) {
  for (int descriptor = REPORTS; descriptor <= ERRORS; descriptor++)
    if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) start_failed("a descriptor is missing");
}

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "layer") == 0) {
    if (syscall(SYS_close_range, ROOTFS + 1, ~0u, 0) < 0) start_failed("close_range");
    work_on_layer(argv + 2);
  }
  bool capabilities = argc == 2 && strcmp(argv[1], "capabilities") == 0;
  if (capabilities || (argc == 2 && strcmp(argv[1], "attributes") == 0)) {
    if (syscall(SYS_close_range, ROOTFS, ~0u, 0) < 0) start_failed("close_range");
    tell_attributes(capabilities);
  }
  if (argc > 2 && strcmp(argv[1], "file") == 0) {
    if (syscall(SYS_close_range, TREE + 1, ~0u, 0) < 0) start_failed("close_range");
    edit_file(argv + 2);
  }
  if (argc > 2 && strcmp(argv[1], "rewatch") == 0) {
    if (syscall(SYS_close_range, FIRST_WATCHER + MOST_WATCHERS, ~0u, 0) < 0) start_failed("close_range");
    rewatch(argv + 2);
  }
  bool has_terminal = argc > 2 && strcmp(argv[1], "shell") == 0;
  bool joins = has_terminal || (argc > 2 && strcmp(argv[1], "join") == 0);
  unsigned int starts = argc == 3 && strcmp(argv[1], "spawner") == 0 ? (unsigned int)atoi(argv[2]) : 0;
  if (starts > MOST_STARTS || (!joins && !starts && (argc != 2 || strcmp(argv[1], "start") != 0))) {
    dprintf(STDERR_FILENO, "terrarium-init is started by Terrarium, which tells it a plan.\n");
    return START_FAILED;
  }
  /* Terminals of other containers may be among what is inherited, and would not hang up for as long as it is open here. */
  int first_other = has_terminal ? OTHER_END + 1 : joins ? OTHER_END : ERRORS + 1;
  if (starts) first_other = FIRST_START + STARTS_DESCRIPTORS * (int)starts;
  if (syscall(SYS_close_range, first_other, ~0u, 0) < 0) start_failed("close_range");
  run_sealed(argv);
  if (joins) join_container(argv + 2, has_terminal);
  default_signals();
  if (starts) wait_for_starts(starts);
  close_on_exec();
  size_t size;
  char *buffer = read_whole_plan(&size);
  if (starts && is_join(buffer, size)) join_as_planned(buffer, size);
  struct plan plan;
  const char *problem = read_plan(buffer, size, &plan);
  if (problem) {
    dprintf(MESSAGES, "terrarium-init: the plan cannot be read: %s\n", problem);
    return START_FAILED;
  }
  monitor(&plan, buffer);
}
