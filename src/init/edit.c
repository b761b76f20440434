/*
 * Single files of a rootfs, for a person whose they are not. The helper gives the rootfs on 3, and on standard input
 * paths inside it, ended by a NUL each. IDS is "same", or "mapped" in a user namespace.
 *
 *   terrarium-init file stat IDS           what a path leads to
 *   terrarium-init file read IDS MOST      the same, and its content of at most so many bytes
 *   terrarium-init file list IDS MOST      letter and name of what is in a folder: f, d, or - for anything else; F, D, L
 *                                          for a link to such a one
 *   terrarium-init file write IDS keep|break LENGTH  path, tag, content of so many bytes: see save.c
 *   terrarium-init file sweep IDS          removes what saves have left beside this path that were killed
 *   terrarium-init file mkdir IDS
 *   terrarium-init file remove IDS one|all
 *   terrarium-init file rename IDS keep|over  two paths
 *   terrarium-init file count IDS MOST     how many names are in it and below; no more than so many are counted
 *
 * Each path is resolved by openat2(2) as the container's kernel would, with the rootfs as its root; what is mounted in it
 * is not entered.
 */
#include "edit.h"

#include "kernel.h"
#include "layer.h"
#include "remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_LINKS = 40 /* MAXSYMLINKS */, MOST_READS = 4 };

noreturn void edit_ended(enum edit_status status, const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit((int)status);
}

static enum edit_status status_of(int error) {
  switch (error) {
    case EACCES:
    case EPERM: return EDIT_REFUSED;
    case ENOENT:
    case ENOTDIR: return EDIT_MISSING;
    case EEXIST:
    case ENOTEMPTY: return EDIT_EXISTS;
    case EISDIR: return EDIT_FOLDER;
    case EXDEV: return EDIT_MOUNTED;
    case EOVERFLOW: return EDIT_UNKNOWN_OWNER;
    default: return EDIT_FAILED;
  }
}

noreturn void edit_failed(const char *what) {
  char reason[256];
  int error = errno;
  snprintf(reason, sizeof reason, "%s: %s", what, strerror(error));
  edit_ended(status_of(error), reason);
}

void tag_of(const struct stat *status, char text[TAG_SIZE]) {
  snprintf(text, TAG_SIZE, "%llx-%llx-%llx-%llx.%lx-%llx.%lx", (unsigned long long)status->st_dev,
           (unsigned long long)status->st_ino, (unsigned long long)status->st_size, (unsigned long long)status->st_mtim.tv_sec,
           status->st_mtim.tv_nsec, (unsigned long long)status->st_ctim.tv_sec, status->st_ctim.tv_nsec);
}

int open_inside(const char *path, unsigned long long flags) {
  return open_below(TREE, path[0] ? path : ".", flags | O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
}

/* The last component of PATH, which ends before it then; null for the root, and for "." and "..". */
static const char *cut_name(char *path) {
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') path[--length] = '\0';
  char *slash = strrchr(path, '/');
  char *name = slash ? slash + 1 : path;
  if (!*name || is_dots(name)) return NULL;
  memmove(name + 1, name, strlen(name) + 1);
  *name = '\0';
  return name + 1;
}

struct place find_place(const char *path, bool follows) {
  static char here[2 * PATH_MAX + 4];
  char target[PATH_MAX];
  struct place place;
  if (strlen(path) >= PATH_MAX) errno = ENAMETOOLONG, edit_failed("the path");
  strcpy(here, path);
  for (int links = 0; links <= MOST_LINKS; links++) {
    place.name = cut_name(here);
    if (!place.name) edit_ended(EDIT_FOLDER, "a folder");
    place.folder = open_inside(here, O_DIRECTORY);
    if (place.folder < 0) edit_failed("its folder");
    ssize_t length = follows ? readlinkat(place.folder, place.name, target, sizeof target - 1) : -1;
    if (length < 0) return place;
    target[length] = '\0';
    close(place.folder);
    /* A relative one begins in the folder of the link: "here" ends with a slash, or is the root. */
    if (target[0] == '/') here[0] = '\0';
    if (strlen(here) + (size_t)length >= PATH_MAX) errno = ENAMETOOLONG, edit_failed("the link");
    strcat(here, target);
  }
  errno = ELOOP;
  edit_failed("the path");
}

int open_entry(struct place place) {
  return open_below(place.folder, place.name, O_PATH | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
}

void sync_folder(struct place place) {
  int folder = openat(place.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* One that may be written to and not read cannot be opened for that; some file systems have none. */
  if (folder < 0) return;
  if (fsync(folder) < 0 && errno != EINVAL) edit_failed("fsync");
  close(folder);
}

static void put_number(unsigned long long number) {
  char digits[24];
  snprintf(digits, sizeof digits, "%llu", number);
  put_word(digits);
}

static unsigned long long milliseconds(struct timespec time) {
  return time.tv_sec < 0 ? 0 : (unsigned long long)time.tv_sec * 1000 + (unsigned long long)time.tv_nsec / 1000000;
}

static char letter_of(mode_t mode) { return S_ISREG(mode) ? 'f' : S_ISDIR(mode) ? 'd' : '-'; }

void put_status(const struct stat *status, bool is_link) {
  char tag[TAG_SIZE];
  put_word((char[]){letter_of(status->st_mode), '\0'});
  put_word(is_link ? "link" : "");
  put_number(status->st_mode & 07777);
  put_number(status->st_uid);
  put_number(status->st_gid);
  put_number((unsigned long long)status->st_size);
  put_number(milliseconds(status->st_mtim));
  put_number(milliseconds(status->st_ctim));
  put_number(status->st_nlink);
  tag_of(status, tag);
  put_word(tag);
}

/* What a path leads to; a link that leads nowhere is what it is. */
static int hold_file(const char *path, struct stat *status, bool *is_link) {
  int own = open_inside(path, O_NOFOLLOW);
  if (own < 0 || fstat(own, status) < 0) edit_failed("the file");
  *is_link = S_ISLNK(status->st_mode);
  if (!*is_link) return own;
  int file = open_inside(path, 0);
  if (file < 0 && errno != ENOENT && errno != ELOOP) edit_failed("the link");
  if (file < 0) return own;
  close(own);
  if (fstat(file, status) < 0) edit_failed("the file");
  return file;
}

static void tell_status(const char *path) {
  struct stat status;
  bool is_link;
  hold_file(path, &status, &is_link);
  put_status(&status, is_link);
}

/* All of it, or nothing: what is written beside the reading is read once more. */
static void tell_content(const char *path, size_t most) {
  struct stat status;
  bool is_link;
  char link[32], tags[2][TAG_SIZE];
  int held = hold_file(path, &status, &is_link);
  if (S_ISDIR(status.st_mode)) edit_ended(EDIT_FOLDER, "a folder");
  if (!S_ISREG(status.st_mode)) edit_ended(EDIT_NOT_REGULAR, "no regular file");
  snprintf(link, sizeof link, "/proc/self/fd/%d", held);
  /* A lease of another process (fcntl(2)) is not waited for. */
  int file = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  char *content = malloc(most + 1);
  if (file < 0 || !content) edit_failed("the file");
  for (int reads = 0; reads < MOST_READS; reads++) {
    size_t length = 0;
    if (fstat(file, &status) < 0) edit_failed("the file");
    for (ssize_t got = 1; got > 0 && length <= most;) {
      got = pread(file, content + length, most + 1 - length, (off_t)length);
      if (got < 0 && errno != EINTR) edit_failed("the file");
      if (got > 0) length += (size_t)got;
      else if (got < 0) got = 1;
    }
    if (length > most) edit_ended(EDIT_TOO_LARGE, "too large");
    tag_of(&status, tags[0]);
    if (fstat(file, &status) < 0) edit_failed("the file");
    tag_of(&status, tags[1]);
    if (strcmp(tags[0], tags[1]) != 0) continue;
    put_status(&status, is_link);
    fwrite(content, 1, length, stdout);
    return;
  }
  edit_ended(EDIT_CHANGED, "it is being written");
}

static void list_folder(const char *path, unsigned long most) {
  struct stat status;
  bool is_link;
  char word[NAME_MAX + 3], below[PATH_MAX + NAME_MAX + 2];
  int held = hold_file(path, &status, &is_link);
  DIR *list = S_ISDIR(status.st_mode) ? open_list(held) : NULL;
  if (!list && !S_ISDIR(status.st_mode)) errno = ENOTDIR;
  if (!list) edit_failed("the folder");
  errno = 0;
  for (struct dirent *entry; most > 0 && (entry = readdir(list)); errno = 0) {
    if (is_dots(entry->d_name)) continue;
    most--;
    if (fstatat(held, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0) continue; /* removed meanwhile */
    char letter = letter_of(status.st_mode);
    if (S_ISLNK(status.st_mode)) {
      snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
      int target = open_inside(below, 0);
      bool is_known = target >= 0 && fstat(target, &status) == 0 && letter_of(status.st_mode) != '-';
      letter = !is_known ? 'L' : S_ISDIR(status.st_mode) ? 'D' : 'F';
      if (target >= 0) close(target);
    }
    snprintf(word, sizeof word, "%c%s", letter, entry->d_name);
    put_word(word);
  }
  if (errno != 0) edit_failed("the folder");
}

static void remove_at(const char *path, bool all) {
  struct place place = find_place(path, false);
  int held = open_entry(place);
  struct stat status;
  if (held < 0 || fstat(held, &status) < 0) edit_failed("the file");
  close(held);
  int flag = S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0;
  if ((all ? remove_tree(place.folder, place.name) : unlinkat(place.folder, place.name, flag)) < 0) edit_failed("remove");
  sync_folder(place);
}

static void rename_at(const char *from, const char *to, bool over) {
  static char name[NAME_MAX + 1];
  struct place source = find_place(from, false);
  if (strlen(source.name) > NAME_MAX) errno = ENAMETOOLONG, edit_failed("the name");
  source.name = strcpy(name, source.name); /* the next call has its own */
  struct place target = find_place(to, false);
  if (open_entry(source) < 0) edit_failed("the file");
  if (syscall(SYS_renameat2, source.folder, source.name, target.folder, target.name, over ? 0 : RENAME_NOREPLACE) < 0)
    edit_failed("rename");
  sync_folder(source);
  sync_folder(target);
}

/* Folders that may not be looked into count as one. */
static void count_below(int folder, int depth, unsigned long most, unsigned long *found) {
  DIR *list = depth < DEEPEST ? open_list(folder) : NULL;
  if (!list) return;
  for (struct dirent *entry; *found < most && (entry = readdir(list));) {
    if (is_dots(entry->d_name)) continue;
    ++*found;
    int inner = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN ? open_folder(folder, entry->d_name) : -1;
    if (inner < 0) continue;
    count_below(inner, depth + 1, most, found);
    close(inner);
  }
  closedir(list);
}

/* The next word of standard input, which is read one byte at a time: what follows the last one is the content. */
static char *read_word(void) {
  char *word = malloc(PATH_MAX);
  size_t length = 0;
  while (word && length < PATH_MAX) {
    ssize_t got = read(STDIN_FILENO, word + length, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (word[length++] == '\0') return word;
  }
  errno = EINVAL;
  edit_failed("a path is missing, or too long");
}

noreturn void edit_file(char **words) {
  const char *action = words[0], *ids = words[1] ? words[1] : "", *word = words[1] && words[2] ? words[2] : "";
  bool is_mapped = strcmp(ids, "mapped") == 0;
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0) edit_failed("RLIMIT_NOFILE");
  }
  umask(0);
  unsigned long most = strtoul(word, NULL, 10), found = 0;
  const char *path = read_word();
#define IS(wanted) (strcmp(action, wanted) == 0)
  if (IS("stat")) tell_status(path);
  else if (IS("read")) tell_content(path, most);
  else if (IS("list")) list_folder(path, most);
  else if (IS("write")) {
    unsigned long long length = *word && words[3] ? strtoull(words[3], NULL, 10) : 0;
    save_file(path, (struct saving){read_word(), strcmp(word, "break") == 0, is_mapped, length});
  } else if (IS("sweep")) remove_unfinished(path);
  else if (IS("mkdir")) new_folder(path, is_mapped);
  else if (IS("remove")) remove_at(path, strcmp(word, "all") == 0);
  else if (IS("rename")) rename_at(path, read_word(), strcmp(word, "over") == 0);
  else if (IS("count")) {
    int held = open_inside(path, O_DIRECTORY);
    if (held < 0) edit_failed("the folder");
    count_below(held, 0, most, &found);
    put_number(found);
  } else errno = EINVAL, edit_failed(action);
#undef IS
  if (!is_told()) errno = EIO, edit_failed("the answer");
  exit(0);
}
