/*
 * Who follows folders by inotify(7), as VS Code does, watches a folder when it is made in, or moved to, one that is watched
 * already: of a tree that was moved the top alone. Here each folder of such a tree is renamed away and back, from the top
 * down, the next level once this one is watched. The helper gives the folder whose watchers count on 3, and on 4 the one in
 * it that the tree has come to.
 *
 *   terrarium-init rewatch look             tells who watches (watchers.c)
 *   terrarium-init rewatch move NAME        from the folder on 3 to the one on 4
 *   terrarium-init rewatch tree NAME COUNT  as above; from 5 on are the files of so many that watch
 *
 * It ends between two folders where standard input does: the import was ended. Nobody else may use that tree meanwhile. What
 * lies below a folder that is not watched or cannot be renamed stays as it is, and so does what is left after LONGEST. Times
 * of folders are kept.
 */
#include "rewatch.h"

#include "kernel.h"
#include "layer.h"
#include "remove.h"
#include "watchers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* 1 is the exit status of unshare(1), which may execute this. */
enum { FAILED = 4 };

/*
 * The kernel keeps 16,384 events for a watcher that is busy (fs.inotify.max_queued_events), and a folder makes four. Of one
 * user there may be as few as 8,192 watches (max_user_watches), and not more than memory has room for.
 */
enum { BATCH = 1000, MOST_FOLDERS = 100000 };

/* In milliseconds: for who follows folders to see the first one; for a batch of them; and for all. */
enum { FIRST = 1000, PATIENCE = 5000, LONGEST = 30000 };

static char away[32], probe[32];
static size_t folders, unseen;
static int watchers;
static struct timespec end;

static noreturn void failed(const char *what) {
  dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
  exit(FAILED);
}

static void keep_times(int folder, const struct stat *before) {
  if (futimens(folder, (struct timespec[]){before->st_atim, before->st_mtim}) < 0) failed("the time of a folder");
}

static bool is_late(void) {
  exit_without_helper(0);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec > end.tv_nsec);
}

/* Events come in their order: who watches a new folder has seen all that was before it. */
static void wait_until_seen(int folder) {
  struct stat status;
  unseen = 0;
  if (fstat(folder, &status) < 0 || mkdirat(folder, probe, 0755) < 0) failed("a folder to be watched");
  int made = open_folder(folder, probe);
  bool is_seen = made >= 0 && wait_for_watchers(FIRST_WATCHER, &watchers, made, PATIENCE);
  close(made);
  if (unlinkat(folder, probe, AT_REMOVEDIR) < 0) failed("a folder to be watched");
  keep_times(folder, &status);
  if (!is_seen) exit(0);
}

/* Returns whether it went: a folder that may not be written to keeps what is in it. */
static bool rename_and_back(int folder, const char *name) {
  if (renameat(folder, name, folder, away) < 0) return false;
  if (renameat(folder, away, folder, name) < 0) failed("a folder that was renamed");
  folders++;
  unseen++;
  return true;
}

struct level {
  char **paths;
  size_t count, room;
};

static void add(struct level *level, const char *above, const char *name) {
  if (level->count == level->room) {
    level->room = level->room ? level->room * 2 : 256;
    level->paths = realloc(level->paths, level->room * sizeof *level->paths);
    if (!level->paths) failed("memory");
  }
  if (asprintf(&level->paths[level->count++], "%s/%s", above, name) < 0) failed("memory");
}

static bool is_folder(int folder, const struct dirent *entry) {
  struct stat status;
  if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
  return fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* Names first: readdir(3) may pass a folder that is renamed meanwhile, or tell it twice. */
static void names_in(int folder, struct level *names) {
  DIR *list = open_list(folder);
  for (struct dirent *entry; list && (entry = readdir(list)) && folders + names->count < MOST_FOLDERS;)
    if (!is_dots(entry->d_name) && is_folder(folder, entry)) add(names, "", entry->d_name);
  if (list) closedir(list);
}

/* Returns folder PATH where there are folders in it that were renamed, else -1. In one that is not watched none are. */
static int rename_in(const char *path, struct level *below) {
  int folder = open_folder(PLACE, path);
  struct stat status;
  struct level names = {NULL, 0, 0};
  if (folder >= 0 && are_watching(folder) && fstat(folder, &status) == 0) names_in(folder, &names);
  for (size_t i = 0; i < names.count; i++) {
    if (rename_and_back(folder, names.paths[i] + 1)) add(below, path, names.paths[i] + 1);
    if (unseen == BATCH) wait_until_seen(folder);
    free(names.paths[i]);
  }
  free(names.paths);
  if (names.count > 0) keep_times(folder, &status);
  else if (folder >= 0) close(folder);
  return names.count > 0 ? folder : -1;
}

/* Once who watches has seen the last folder of a level, they have seen all of it. */
static void rename_below(const char *name) {
  struct level level = {NULL, 0, 0};
  add(&level, ".", name);
  while (level.count > 0) {
    struct level below = {NULL, 0, 0};
    int last = -1;
    learn_watched(FIRST_WATCHER, watchers);
    for (size_t i = 0; i < level.count; i++) {
      int folder = is_late() ? -1 : rename_in(level.paths[i], &below);
      if (folder >= 0) close(last), last = folder;
      free(level.paths[i]);
    }
    free(level.paths);
    if (unseen > 0) wait_until_seen(last);
    close(last);
    level = below;
  }
}

noreturn void rewatch(char **words) {
  if (strcmp(words[0], "move") == 0 && words[1]) {
    if (renameat(WATCHED, words[1], PLACE, words[1]) < 0) failed(words[1]);
    exit(0);
  }
  if (strcmp(words[0], "look") == 0) {
    tell_watchers(WATCHED);
    exit(is_told() ? 0 : FAILED);
  }
  watchers = words[1] && words[2] ? atoi(words[2]) : 0;
  if (strcmp(words[0], "tree") != 0 || watchers < 1 || watchers > MOST_WATCHERS) exit(FAILED);
  if (!wait_for_watchers(FIRST_WATCHER, &watchers, PLACE, FIRST)) exit(0);
  umask(022); /* who watches may be another user */
  unsigned long long word;
  if (getrandom(&word, sizeof word, 0) != sizeof word) failed("getrandom");
  snprintf(away, sizeof away, ".terrarium-%016llx", word);
  snprintf(probe, sizeof probe, ".terrarium-%016llx", ~word);
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += LONGEST / 1000;
  int place = open_folder(PLACE, ".");
  if (place < 0 || !rename_and_back(place, words[1])) failed(words[1]);
  wait_until_seen(place);
  int top = open_folder(place, words[1]);
  if (top < 0 || !wait_for_watchers(FIRST_WATCHER, &watchers, top, FIRST)) exit(0);
  rename_below(words[1]);
  exit(0);
}
