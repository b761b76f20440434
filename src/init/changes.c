/*
 * What a layer changes in its rootfs. The upper alone is walked: of the rootfs nothing is looked at but what has the
 * name of something in the upper. Each change is seven words:
 *
 *   KIND TYPES METADATA ORIGIN SIZE LINK PATH
 *
 * KIND: added, modified, deleted, replaced (a folder in which nothing of the rootfs's is seen), type, metadata.
 * TYPES: the letter of find(1) for the layer's and the rootfs's, '-' for none. ORIGIN: the handle of the file of the
 * rootfs that this one was, in hexadecimal digits. LINK: the target of a link. PATH: "." for the root itself.
 */
#include "changes.h"

#include "metadata.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* struct ovl_fb of fs/overlayfs: version, magic, length, flags, type and UUID, and then the handle's own bytes. */
enum { ORIGIN_TYPE = 4, ORIGIN_HANDLE = 21, LONGEST_HANDLE = MAX_HANDLE_SZ };

/* Of all changes that are told: a path may have 16 KB, and a link 4. */
static const size_t MOST_BYTES = 4 << 20;

static char letter_of(mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFDIR:
    return 'd';
  case S_IFREG:
    return 'f';
  case S_IFLNK:
    return 'l';
  case S_IFCHR:
    return 'c';
  case S_IFBLK:
    return 'b';
  case S_IFIFO:
    return 'p';
  default:
    return 's';
  }
}

/* An entry on one side. */
struct side {
  bool is_there;
  int file; /* O_PATH; -1 where it is not there */
  struct stat status;
};

static struct side side_of(int folder, const char *name) {
  struct side side = {.file = folder < 0 ? -1 : openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC)};
  if (folder >= 0 && side.file < 0 && errno != ENOENT) layer_failed(name);
  side.is_there = side.file >= 0 && fstat(side.file, &side.status) == 0;
  return side;
}

/* "TYPE:HANDLE" of a file of the rootfs, as overlayfs writes it down on a copy. */
static void handle_digits(int file, char *text, size_t size) {
  union {
    struct file_handle handle;
    char room[sizeof(struct file_handle) + LONGEST_HANDLE];
  } found = {.handle.handle_bytes = LONGEST_HANDLE};
  int mount;
  text[0] = '\0';
  if (name_to_handle_at(file, "", &found.handle, &mount, AT_EMPTY_PATH) < 0) return;
  int used = snprintf(text, size, "%02x:", (unsigned int)found.handle.handle_type & 0xff);
  for (unsigned int i = 0; i < found.handle.handle_bytes && (size_t)used + 3 <= size; i++)
    used += snprintf(text + used, size - (size_t)used, "%02x", found.handle.f_handle[i]);
}

/* The same from the mark of a copy. */
static void origin_digits(int file, char *text, size_t size) {
  char mark[2 * LONGEST_HANDLE + 2 * ORIGIN_HANDLE];
  attribute_digits(file, "user.overlay.origin", mark, sizeof mark);
  text[0] = '\0';
  if (strlen(mark) > 2 * ORIGIN_HANDLE) snprintf(text, size, "%.2s:%s", mark + 2 * ORIGIN_TYPE, mark + 2 * ORIGIN_HANDLE);
}

static void tell(struct walk *walk, const char *kind, const struct side *above, const struct side *below, const char *metadata) {
  bool is_deleted = strcmp(kind, "deleted") == 0;
  char types[3] = {is_deleted ? '-' : letter_of(above->status.st_mode), below->is_there ? letter_of(below->status.st_mode) : '-', 0};
  char origin[3 * LONGEST_HANDLE] = "", size[24], target[PATH_MAX] = "";
  if (is_deleted && types[1] == 'f') handle_digits(below->file, origin, sizeof origin);
  if (strcmp(kind, "added") == 0 && types[0] == 'f') origin_digits(above->file, origin, sizeof origin);
  if (types[0] == 'l' && readlinkat(above->file, "", target, sizeof target - 1) < 0) target[0] = '\0';
  snprintf(size, sizeof size, "%lld", is_deleted ? 0LL : (long long)above->status.st_size);
  const char *words[] = {kind, types, metadata, origin, size, target, walk->length ? walk->path : "."};
  enum { WORDS = sizeof words / sizeof *words };
  size_t bytes = WORDS;
  for (int i = 0; i < WORDS; i++) bytes += strlen(words[i]);
  walk->is_cut |= walk->left == 0 || bytes > MOST_BYTES - walk->told;
  if (walk->is_cut) return;
  walk->left--;
  walk->told += bytes;
  for (int i = 0; i < WORDS; i++) put_word(words[i]);
}

/* Where the next bytes are that are no hole; the end of the file where none are. */
static off_t data_from(int file, off_t at) {
  off_t found = lseek(file, at, SEEK_DATA);
  return found < 0 && errno == ENXIO ? lseek(file, 0, SEEK_END) : found;
}

/* Both have the same size. A sparse file may be larger than any disk: holes of both are passed over. */
static bool reads_same(int one, int other) {
  static char blocks[2][65536];
  for (off_t at = 0;;) {
    ssize_t first = pread(one, blocks[0], sizeof blocks[0], at), second = pread(other, blocks[1], sizeof blocks[1], at);
    if (first != second || first < 0) return false;
    if (first == 0) return true;
    if (memcmp(blocks[0], blocks[1], (size_t)first) != 0) return false;
    at += first;
    bool is_zero = blocks[0][0] == '\0' && memcmp(blocks[0], blocks[0] + 1, (size_t)first - 1) == 0;
    if (!is_zero) continue;
    off_t next = data_from(one, at), others = data_from(other, at);
    if (others < next) next = others;
    if (next > at) at = next;
  }
}

/* The time says nothing: all files of an image may have the same one, and cp(1) and mv(1) keep it. */
static bool is_same_file(const struct pair *folder, const char *name, const struct stat *one, const struct stat *other) {
  if (one->st_size != other->st_size) return false;
  int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  int first = openat(folder->above, name, flags), second = openat(folder->below, name, flags);
  bool is_same = first >= 0 && second >= 0 && reads_same(first, second);
  if (first >= 0) close(first);
  if (second >= 0) close(second);
  return is_same;
}

static bool is_same_link(const struct side *one, const struct side *other) {
  char first[PATH_MAX], second[PATH_MAX];
  ssize_t length = readlinkat(one->file, "", first, sizeof first);
  return length >= 0 && readlinkat(other->file, "", second, sizeof second) == length && memcmp(first, second, (size_t)length) == 0;
}

static bool has_same_content(const struct pair *folder, const char *name, const struct side *one, const struct side *other) {
  const struct stat *first = &one->status, *second = &other->status;
  if (S_ISREG(first->st_mode)) return is_same_file(folder, name, first, second);
  if (S_ISLNK(first->st_mode)) return is_same_link(one, other);
  return !(S_ISCHR(first->st_mode) || S_ISBLK(first->st_mode)) || first->st_rdev == second->st_rdev;
}

static void walk_folder(struct walk *walk, struct pair folder);

/* A program inside has removed it, or put something else in its place. */
static bool is_gone(void) { return errno == ENOENT || errno == ENOTDIR || errno == ELOOP; }

static bool is_empty(int folder) {
  DIR *list = folder < 0 ? NULL : fdopendir(folder);
  if (!list) return false;
  struct dirent *entry;
  do entry = readdir(list);
  while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
  closedir(list);
  return entry == NULL;
}

static void compare_folders(struct walk *walk, const struct pair *folder, const char *name, const struct side *above,
                            const struct side *below) {
  struct pair inner = {open_folder(folder->above, name), -1};
  if (inner.above < 0 && is_gone()) return;
  if (inner.above < 0) layer_failed(walk->path);
  bool is_folder = below->is_there && S_ISDIR(below->status.st_mode);
  if (!is_folder) tell(walk, below->is_there ? "type" : "added", above, below, "");
  else {
    const char *metadata = metadata_difference(above->file, &above->status, below->file, &below->status);
    bool hides = is_opaque(above->file) && !is_empty(open_folder(folder->below, name));
    if (hides || metadata[0]) tell(walk, hides ? "replaced" : "metadata", above, below, metadata);
    if (!hides && (inner.below = open_folder(folder->below, name)) < 0) layer_failed(walk->path);
  }
  walk_folder(walk, inner);
}

static void compare(struct walk *walk, const struct pair *folder, const char *name) {
  struct side above = side_of(folder->above, name), below = side_of(folder->below, name);
  bool is_there = above.is_there; /* a program inside may have removed it meanwhile */
  if (is_there && is_whiteout(&above.status)) {
    if (below.is_there) tell(walk, "deleted", &above, &below, "");
  } else if (is_there && S_ISDIR(above.status.st_mode)) compare_folders(walk, folder, name, &above, &below);
  else if (is_there && !below.is_there) tell(walk, "added", &above, &below, "");
  else if (is_there && (above.status.st_mode & S_IFMT) != (below.status.st_mode & S_IFMT)) tell(walk, "type", &above, &below, "");
  else if (is_there) {
    const char *metadata = metadata_difference(above.file, &above.status, below.file, &below.status);
    bool is_same = has_same_content(folder, name, &above, &below);
    if (!is_same || metadata[0]) tell(walk, is_same ? "metadata" : "modified", &above, &below, metadata);
  }
  if (above.file >= 0) close(above.file);
  if (below.file >= 0) close(below.file);
}

/* Closes both. */
static void walk_folder(struct walk *walk, struct pair folder) {
  if (walk->entered) walk->entered(walk->path, folder.above);
  DIR *list = fdopendir(folder.above);
  if (!list) layer_failed(walk->path);
  size_t length = walk->length;
  for (struct dirent *entry; !walk->is_cut && (entry = readdir(list));) {
    const char *name = entry->d_name;
    if (is_dots(name)) continue;
    size_t longer = length + (length > 0) + strlen(name);
    errno = ENAMETOOLONG;
    if (longer >= sizeof walk->path || walk->depth == DEEPEST) layer_failed(walk->path);
    snprintf(walk->path + length, sizeof walk->path - length, "%s%s", length ? "/" : "", name);
    walk->length = longer;
    walk->depth++;
    compare(walk, &folder, name);
    walk->depth--;
    walk->length = length;
    walk->path[length] = '\0';
  }
  closedir(list);
  if (folder.below >= 0) close(folder.below);
}

void walk_root(struct walk *walk, struct pair root) {
  struct side above = side_of(root.above, "."), below = side_of(root.below, ".");
  const char *metadata = metadata_difference(above.file, &above.status, below.file, &below.status);
  if (metadata[0]) tell(walk, "metadata", &above, &below, metadata);
  close(above.file);
  close(below.file);
  walk_folder(walk, root);
}

/* The folder NAME of both; the rootfs's is -1 where nothing of it is seen. False where the upper has none. */
static bool enter_both(struct pair *folder, const char *name) {
  struct pair next = {open_folder(folder->above, name), -1};
  if (next.above < 0 && !is_gone()) layer_failed(name);
  bool hides = next.above < 0 || is_opaque(next.above);
  if (!hides && folder->below >= 0 && (next.below = open_folder(folder->below, name)) < 0 && !is_gone()) layer_failed(name);
  close_pair(folder, 0);
  *folder = next;
  return next.above >= 0;
}

void walk_entry(struct walk *walk, struct pair root, const char *path) {
  struct pair folder = root;
  const char *name = path;
  walk->length = strlen(path);
  errno = ENAMETOOLONG;
  if (walk->length >= sizeof walk->path) layer_failed(path);
  memcpy(walk->path, path, walk->length + 1);
  walk->depth = 1;
  for (const char *slash; (slash = strchr(name, '/')); name = slash + 1, walk->depth++) {
    char part[NAME_MAX + 1];
    snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
    if (!enter_both(&folder, part)) return;
  }
  compare(walk, &folder, name);
  close_pair(&folder, 0);
}
