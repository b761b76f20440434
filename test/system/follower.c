/* Follows a folder by inotify(7) as an editor does: each folder that comes to one that it follows, by its path then. Tells
   the path of each name that it hears of. */
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 4096, LONGEST = 1024 };

static char paths[MOST][LONGEST];

static void follow(int events, const char *path) {
  struct stat found;
  if (lstat(path, &found) < 0 || !S_ISDIR(found.st_mode)) return;
  int watch = inotify_add_watch(events, path, IN_CREATE | IN_DELETE | IN_MOVE | IN_MODIFY);
  if (watch >= 0 && watch < MOST) snprintf(paths[watch], LONGEST, "%s", path);
}

int main(int argc, char **argv) {
  union {
    struct inotify_event event;
    char bytes[65536];
  } buffer;
  int events = inotify_init();
  if (argc != 2 || events < 0) return 1;
  follow(events, argv[1]);
  puts("ready");
  for (;;) {
    fflush(stdout);
    ssize_t length = read(events, buffer.bytes, sizeof buffer.bytes);
    if (length <= 0) return 1;
    for (char *at = buffer.bytes; at < buffer.bytes + length;) {
      struct inotify_event *event = (struct inotify_event *)(void *)at;
      at += sizeof *event + event->len;
      if (event->wd < 0 || event->wd >= MOST || event->len == 0) continue;
      char path[2 * LONGEST];
      snprintf(path, sizeof path, "%s/%s", paths[event->wd], event->name);
      puts(path);
      if (event->mask & (IN_CREATE | IN_MOVED_TO)) follow(events, path);
    }
  }
}
