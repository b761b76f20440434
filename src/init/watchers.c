/* Who follows a folder by inotify(7), and what they watch by now. */
#include "watchers.h"

#include "layer.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_PATH = 64, LONGEST_WORDS = 96, REST = 2000 /* microseconds, between two looks */ };

/* How inotify writes the file system of a folder, which is another number than that of stat(2). */
static char file_system[32];

static long long microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A watch of our own tells. False where stat(2) has another inode than inotify, as some file systems have. */
static bool learn_file_system(int folder) {
  char path[LONGEST_PATH], line[256] = "";
  snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
  int own = inotify_init1(IN_CLOEXEC);
  struct stat status;
  bool is_known = false;
  if (own >= 0 && fstat(folder, &status) == 0 && inotify_add_watch(own, path, IN_DELETE_SELF) >= 0) {
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", own);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file) && strncmp(line, "inotify ", 8) != 0) {}
    unsigned long inode;
    is_known = sscanf(line, "inotify wd:%*x ino:%lx sdev:%31[0-9a-f]", &inode, file_system) == 2 && inode == status.st_ino;
    if (file) fclose(file);
  }
  if (own >= 0) close(own);
  return is_known;
}

static bool words_of(int folder, char words[LONGEST_WORDS]) {
  struct stat status;
  if ((!file_system[0] && !learn_file_system(folder)) || fstat(folder, &status) < 0) return false;
  snprintf(words, LONGEST_WORDS, " ino:%lx sdev:%s ", (unsigned long)status.st_ino, file_system);
  return true;
}

/* A file with a line "inotify wd:1 ino:9e7e sdev:800013 ..." for each folder, from its beginning. DESCRIPTOR stays open. */
static FILE *lines_of(int descriptor) {
  int own = lseek(descriptor, 0, SEEK_SET) == 0 ? dup(descriptor) : -1;
  FILE *file = own < 0 ? NULL : fdopen(own, "r");
  if (!file && own >= 0) close(own);
  return file;
}

static bool has_line(int descriptor, const char *words) {
  FILE *file = lines_of(descriptor);
  char *line = NULL;
  size_t size = 0;
  bool is_there = false;
  while (file && !is_there && getline(&line, &size, file) > 0) is_there = strncmp(line, "inotify ", 8) == 0 && strstr(line, words);
  free(line);
  if (file) fclose(file);
  return is_there;
}

/* What another user runs cannot be looked at, and is no window of this one. Returns how many were told. */
static int tell_those_of(const char *process, const char *words, int most) {
  char path[LONGEST_PATH], target[32];
  int told = 0;
  if (snprintf(path, sizeof path, "/proc/%s/fd", process) >= (int)sizeof path) return 0;
  DIR *list = opendir(path);
  for (struct dirent *entry; list && told < most && (entry = readdir(list));) {
    ssize_t length = readlinkat(dirfd(list), entry->d_name, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = '\0';
    if (strcmp(target, "anon_inode:inotify") != 0) continue;
    if (snprintf(path, sizeof path, "/proc/%s/fdinfo/%s", process, entry->d_name) >= (int)sizeof path) continue;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    if (has_line(file, words)) {
      put_word(path);
      told++;
    }
    close(file);
  }
  if (list) closedir(list);
  return told;
}

void tell_watchers(int folder) {
  char words[LONGEST_WORDS];
  DIR *processes = words_of(folder, words) ? opendir("/proc") : NULL;
  if (!processes) return;
  int left = MOST_WATCHERS;
  for (struct dirent *entry; left > 0 && (entry = readdir(processes));)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') left -= tell_those_of(entry->d_name, words, left);
  closedir(processes);
}

void exit_without_helper(int time) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  if (poll(&input, 1, time) > 0) exit(0);
}

bool wait_for_watchers(int first, int *count, int folder, int patience) {
  char words[LONGEST_WORDS];
  if (!words_of(folder, words)) return false;
  long long end = microseconds() + patience * 1000LL;
  for (int next = 0; next < *count;) {
    long long began = microseconds();
    if (has_line(first + next, words)) {
      next++;
      continue;
    }
    long long now = microseconds();
    if (now >= end) {
      --*count;
      if (next < *count && dup2(first + *count, first + next) < 0) return false;
    } else {
      /* To look takes time of the kernel's, for each folder some, which is the watcher's to have. */
      exit_without_helper((int)((REST + 2 * (now - began)) / 1000));
    }
  }
  return *count > 0;
}

struct inodes {
  unsigned long *numbers;
  size_t count, room;
};

static struct inodes watched[MOST_WATCHERS];
static int sets;

static int by_number(const void *one, const void *other) {
  unsigned long first = *(const unsigned long *)one, second = *(const unsigned long *)other;
  return first < second ? -1 : first > second;
}

static bool add_inode(struct inodes *inodes, unsigned long number) {
  if (inodes->count == inodes->room) {
    size_t room = inodes->room ? inodes->room * 2 : 4096;
    unsigned long *larger = realloc(inodes->numbers, room * sizeof *larger);
    if (!larger) return false;
    inodes->numbers = larger;
    inodes->room = room;
  }
  inodes->numbers[inodes->count++] = number;
  return true;
}

static void learn(int descriptor, struct inodes *inodes) {
  FILE *file = lines_of(descriptor);
  char *line = NULL, system[32];
  size_t size = 0;
  unsigned long number;
  bool has_room = true;
  inodes->count = 0;
  while (file && has_room && getline(&line, &size, file) > 0)
    if (sscanf(line, "inotify wd:%*x ino:%lx sdev:%31[0-9a-f]", &number, system) == 2 && strcmp(system, file_system) == 0)
      has_room = add_inode(inodes, number);
  qsort(inodes->numbers, inodes->count, sizeof number, by_number);
  free(line);
  if (file) fclose(file);
}

void learn_watched(int first, int count) {
  sets = count;
  for (int i = 0; i < count; i++) learn(first + i, &watched[i]);
}

bool are_watching(int folder) {
  struct stat status;
  if (fstat(folder, &status) < 0) return false;
  unsigned long number = status.st_ino;
  for (int i = 0; i < sets; i++)
    if (watched[i].count == 0 || !bsearch(&number, watched[i].numbers, watched[i].count, sizeof number, by_number)) return false;
  return true;
}
