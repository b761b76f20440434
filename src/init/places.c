/* Places in the container, as descriptors. */
#include "places.h"

#include "kernel.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* path_resolution(7) */
enum { MOST_LINKS = 40 };

int open_place(int root, const char *path) {
  return open_below(root, path, O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

bool is_behind_link(int root, const char *path) {
  int place = open_below(root, path, O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
  if (place >= 0) close(place);
  return place < 0 && errno == ELOOP;
}

/* How far a path that does not exist yet has been followed. */
struct walk {
  int root, here;       /* here: the folder that has been reached */
  char done[PATH_MAX];  /* its path, without links; empty for the root */
  char todo[PATH_MAX];  /* what is left */
  int links;
};

static int with_errno(int error) {
  errno = error;
  return -1;
}

/* Goes to the folder that the walk's path names, from the root: for "..", and for links to the root. */
static int restart(struct walk *walk) {
  int folder = open_place(walk->root, walk->done[0] ? walk->done : "/");
  if (folder < 0) return -1;
  close(walk->here);
  walk->here = folder;
  return 0;
}

static int go_up(struct walk *walk) {
  char *slash = strrchr(walk->done, '/');
  if (slash) *slash = '\0';
  return restart(walk);
}

static int follow(struct walk *walk, int link) {
  char target[PATH_MAX], rest[PATH_MAX];
  ssize_t length = readlinkat(link, "", target, sizeof target - 1);
  if (length < 0) return -1;
  target[length] = '\0';
  if (++walk->links > MOST_LINKS) return with_errno(ELOOP);
  memcpy(rest, walk->todo, sizeof rest);
  if (snprintf(walk->todo, sizeof walk->todo, "%s/%s", target, rest) >= (int)sizeof walk->todo)
    return with_errno(ENAMETOOLONG);
  if (target[0] != '/') return 0;
  walk->done[0] = '\0';
  return restart(walk);
}

/* Makes what is missing; somebody else may have been first. */
static int create(struct walk *walk, const char *name, bool is_file) {
  if (is_file) {
    int flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
    int made = (int)TOLD("openat", openat(walk->here, name, flags, 0644));
    if (made >= 0) close(made);
    return made >= 0 || errno == EEXIST ? 0 : -1;
  }
  return TOLD("mkdirat", mkdirat(walk->here, name, 0755)) == 0 || errno == EEXIST ? 0 : -1;
}

/* Takes the next component off TODO; false at its end. IS_LAST: nothing but slashes follows. */
static bool next_component(struct walk *walk, char component[NAME_MAX + 1], bool *is_last) {
  char *start = walk->todo + strspn(walk->todo, "/");
  size_t length = strcspn(start, "/");
  if (length == 0 || length > NAME_MAX) return false;
  memcpy(component, start, length);
  component[length] = '\0';
  char *rest = start + length;
  *is_last = rest[strspn(rest, "/")] == '\0';
  memmove(walk->todo, rest, strlen(rest) + 1);
  return true;
}

/* One component further. Returns 1 where it is the file that was looked for, 0 to go on, -1 with errno. */
static int step_down(struct walk *walk, const char *name, bool is_last, bool wants_file) {
  int found = openat(walk->here, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (found < 0 && errno == ENOENT && create(walk, name, wants_file && is_last) == 0)
    found = openat(walk->here, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (found >= 0 && !is_last) {
    note_call("openat");
    answered(found); /* the looks at what is missing are not told */
  }
  struct stat status;
  if (found < 0 || fstat(found, &status) < 0) return -1;
  if (S_ISLNK(status.st_mode)) {
    int followed = follow(walk, found);
    close(found);
    return followed;
  }
  bool is_file = is_last && wants_file;
  if (!S_ISDIR(status.st_mode) && !is_file) {
    close(found);
    return with_errno(ENOTDIR);
  }
  size_t length = strlen(walk->done);
  if (snprintf(walk->done + length, sizeof walk->done - length, "/%s", name) >= (int)(sizeof walk->done - length)) {
    close(found);
    return with_errno(ENAMETOOLONG);
  }
  close(walk->here);
  walk->here = found;
  return is_file;
}

static int make(int root, const char *path, bool wants_file) {
  struct walk walk = {.root = root, .here = (int)TOLD("openat", openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC))};
  if (walk.here < 0) return -1;
  int result = 0;
  if (snprintf(walk.todo, sizeof walk.todo, "%s", path) >= (int)sizeof walk.todo) result = with_errno(ENAMETOOLONG);
  char component[NAME_MAX + 1];
  for (bool is_last; result == 0 && next_component(&walk, component, &is_last);) {
    if (strcmp(component, ".") == 0) continue;
    result = strcmp(component, "..") == 0 ? go_up(&walk) : step_down(&walk, component, is_last, wants_file);
  }
  if (result >= 0 && walk.todo[strspn(walk.todo, "/")] != '\0') result = with_errno(ENAMETOOLONG);
  if (result >= 0) return walk.here;
  int error = errno;
  close(walk.here);
  return with_errno(error);
}

int find_folder(int root, const char *path) {
  return open_below(root, path, O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int make_folder(int root, const char *path) {
  int place = find_folder(root, path);
  return place >= 0 || errno != ENOENT ? place : make(root, path, false);
}

int make_file(int root, const char *path) {
  int place = (int)answered(open_place(root, path));
  return place >= 0 || errno != ENOENT ? place : make(root, path, true);
}

char *join_path(const char *cwd, const char *name) {
  const char *component = name[1] == '/' ? name + 1 : ""; /* "./x" is "/x" below */
  size_t size = strlen(cwd) + strlen(component) + 2;
  char *path = malloc(size);
  if (path) snprintf(path, size, "%s%s", strcmp(cwd, "/") == 0 && component[0] ? "" : cwd, component);
  return path;
}
