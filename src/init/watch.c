/*
 * What a layer changes, while it changes. Folders of the upper are watched (inotify(7)), and an entry that something has
 * happened to is compared anew: the rest of the upper is not read again. Each report is
 *
 *   at PATH CHANGE... [at PATH CHANGE...]... done
 *
 * in words: what was told of PATH and of all below it holds no more, and the changes (changes.c) hold; "." is everything.
 * "more" ends it in the place of "done" where there are more changes than are told.
 *
 * Everything is read again after a while too, for what the kernel does not tell: what is written through a mapping, what
 * becomes of the rootfs, and, before Linux 6.5, what is written to a file that the upper has already.
 */
#include "changes.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Of one user there may be as few as 8192 (fs.inotify.max_user_watches). More entries than MOST_DIRTY are all of it. */
enum { MOST_WATCHES = 4096, MOST_DIRTY = 512, MASK_OF_FOLDER = IN_ONLYDIR | IN_EXCL_UNLINK };
enum { MASK = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_MODIFY };

/* In milliseconds: what comes within SETTLE is one report; all is read again after SLOW, or QUICK where not all is told. */
enum { SETTLE = 5, QUICK = 700, SLOW = 3000, LONGEST_REST = 2000 };

/* Holds a report (MOST_BYTES of changes.c, and the paths): it is written when it is made, not while. */
enum { ROOM = 6 << 20 };

struct watched {
  int number; /* ascending */
  char *path;
};

static struct watched table[MOST_WATCHES];
static size_t watches;
static char *dirty[MOST_DIRTY];
static size_t dirty_entries;
static bool is_all, is_partial;
static int events;

static struct watched *find(int number) {
  size_t from = 0, to = watches;
  while (from < to) {
    size_t middle = (from + to) / 2;
    if (table[middle].number < number) from = middle + 1;
    else to = middle;
  }
  return table + from;
}

static bool is_known(const struct watched *place, int number) { return place < table + watches && place->number == number; }

/* A folder that was moved has the number that it had. */
static void watch(const char *path, int folder) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  int number = watches == MOST_WATCHES ? -1 : inotify_add_watch(events, link, MASK | MASK_OF_FOLDER);
  char *copy = number < 0 ? NULL : strdup(path);
  if (!copy) {
    is_partial = true;
    return;
  }
  struct watched *place = find(number);
  if (is_known(place, number)) free(place->path);
  else {
    memmove(place + 1, place, (size_t)(table + watches - place) * sizeof *place);
    watches++;
  }
  *place = (struct watched){number, copy};
}

static void forget(int number) {
  struct watched *place = find(number);
  if (!is_known(place, number)) return;
  free(place->path);
  watches--;
  memmove(place, place + 1, (size_t)(table + watches - place) * sizeof *place);
}

static void note(const struct inotify_event *event) {
  if (event->mask & IN_Q_OVERFLOW) is_all = true;
  if (event->mask & IN_IGNORED) forget(event->wd);
  struct watched *place = find(event->wd);
  if (!is_known(place, event->wd) || (event->mask & (IN_IGNORED | IN_UNMOUNT))) return;
  const char *folder = place->path, *name = event->len > 0 ? event->name : "";
  /* What happens to a folder itself the one above it tells too; the root has none. */
  if (!name[0]) {
    is_all |= !folder[0];
    return;
  }
  char *path;
  if (dirty_entries == MOST_DIRTY || asprintf(&path, "%s%s%s", folder, folder[0] ? "/" : "", name) < 0) is_all = true;
  else dirty[dirty_entries++] = path;
}

static void read_events(void) {
  union {
    struct inotify_event event;
    char bytes[65536];
  } read_here;
  for (;;) {
    ssize_t length = read(events, read_here.bytes, sizeof read_here.bytes);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno != EAGAIN) layer_failed("inotify");
    if (length <= 0) return;
    for (const char *at = read_here.bytes; at < read_here.bytes + length;) {
      const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
      note(event);
      at += sizeof *event + event->len;
    }
  }
}

static int by_path(const void *one, const void *other) { return strcmp(*(char *const *)one, *(char *const *)other); }

static bool is_at_or_below(const char *path, const char *top) {
  size_t length = strlen(top);
  return strncmp(path, top, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static void report(unsigned long most) {
  static struct walk walk;
  walk = (struct walk){.left = most, .entered = watch};
  if (is_all) {
    is_partial = false;
    put_word("at");
    put_word(".");
    walk_root(&walk, open_root());
  } else qsort(dirty, dirty_entries, sizeof *dirty, by_path);
  const char *last = NULL;
  for (size_t i = 0; !is_all && i < dirty_entries; i++) {
    if (last && is_at_or_below(dirty[i], last)) continue;
    last = dirty[i];
    put_word("at");
    put_word(last);
    walk_entry(&walk, open_root(), last);
  }
  put_word(walk.is_cut ? "more" : "done");
  for (size_t i = 0; i < dirty_entries; i++) free(dirty[i]);
  dirty_entries = 0;
  is_all = false;
}

/* Whether the kernel tells of what is written to a file of the upper through the overlay. */
static bool tells_writes(void) {
  struct utsname name;
  unsigned int major = 0, minor = 0;
  if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2) return false;
  return major > 6 || (major == 6 && minor >= 5);
}

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns whether there are events. Ends with who has started it. */
static bool wait_for_events(int time, bool only_rest) {
  struct pollfd waited[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = events, .events = POLLIN}};
  int found = poll(waited, only_rest ? 1 : 2, time);
  if (found < 0 && errno != EINTR) layer_failed("poll");
  if (found > 0 && waited[0].revents) exit(0);
  return found > 0 && waited[1].revents;
}

noreturn void watch_changes(unsigned long most) {
  events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  is_partial = events < 0;
  is_all = true;
  bool tells = events >= 0 && tells_writes();
  char *room = malloc(ROOM);
  if (room) setvbuf(stdout, room, _IOFBF, ROOM);
  for (;;) {
    long long began = milliseconds();
    report(most);
    int took = (int)(milliseconds() - began), rest = took * 4, period = tells && !is_partial ? SLOW : QUICK;
    /* Waits for who reads, which is no work. What happens meanwhile the kernel holds, as far as its queue goes: then it is all. */
    if (!is_told()) exit(0); /* nobody reads */
    wait_for_events(rest < LONGEST_REST ? rest : LONGEST_REST, true);
    bool has_events = wait_for_events(period > took * 20 ? period : took * 20, false);
    if (has_events) wait_for_events(SETTLE, true);
    else is_all = true;
    if (events >= 0) read_events();
  }
}
