/*
 * Saves a file of a rootfs: the whole new one takes the place of the old one by rename(2), so at each moment there is one
 * of the two. Mode, owner and extended attributes, file capabilities too, are the old one's; its time is that of the
 * save. What takes the place is an inode of its own: other names of the old one (hard links), which may lie outside of
 * the rootfs, keep the old content, and who may not want that is told first.
 */
#include "edit.h"
#include "metadata.h"
#include "remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

/* DEFAULT_OVERFLOWUID of linux/highuid.h: who has no id in this user namespace. */
enum { NOBODY = 65534 };

/* How the name of a new file begins for the moment before it takes the place. */
#define UNFINISHED ".terrarium-save-"

struct new_file {
  int file;
  char name[sizeof UNFINISHED + 20]; /* empty: it has none yet (O_TMPFILE) */
};

static int pick_name(struct new_file *made) {
  unsigned long long number;
  if (getrandom(&number, sizeof number, 0) < 0) return -1;
  return snprintf(made->name, sizeof made->name, UNFINISHED "%llx", number);
}

/*
 * Its folder may be one of a file system without O_TMPFILE. It is locked until this process ends, so that no other save
 * takes it for one that was left; where a file system has no locks, none is taken for that.
 */
static struct new_file begin_file(struct place place) {
  struct new_file made = {openat(place.folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), ""};
  if (made.file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT)) {
    if (pick_name(&made) < 0) edit_failed("getrandom");
    made.file = openat(place.folder, made.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  }
  if (made.file >= 0) flock(made.file, LOCK_EX | LOCK_NB);
  return made;
}

/* Whether it is a regular file that nobody has locked: one of a save that was killed. */
static bool is_left(struct place place) {
  struct stat status;
  char link[32];
  int held = open_entry(place);
  if (held < 0) return false;
  bool is_regular = fstat(held, &status) == 0 && S_ISREG(status.st_mode);
  snprintf(link, sizeof link, "/proc/self/fd/%d", held);
  int file = is_regular ? open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
  bool is_free = file >= 0 && flock(file, LOCK_SH | LOCK_NB) == 0;
  if (file >= 0) close(file);
  close(held);
  return is_free;
}

/* Removes what saves have left in this folder that were killed. Returns -1 with errno where some of it stays. */
static int sweep(struct place place) {
  int error = 0;
  DIR *list = open_list(place.folder);
  if (!list) return -1;
  for (struct dirent *entry; (entry = readdir(list));) {
    if (strncmp(entry->d_name, UNFINISHED, strlen(UNFINISHED)) != 0) continue;
    if (!is_left((struct place){place.folder, entry->d_name})) continue;
    if (unlinkat(place.folder, entry->d_name, 0) < 0 && errno != ENOENT) error = errno;
  }
  closedir(list);
  errno = error;
  return error ? -1 : 0;
}

static noreturn void give_up(struct place place, const struct new_file *made, const char *what) {
  int error = errno;
  if (made->name[0]) unlinkat(place.folder, made->name, 0);
  errno = error;
  edit_failed(what);
}

/* LEFT bytes, no more and no less: a helper that ends on the way closes standard input too. */
static void copy_input(struct place place, const struct new_file *made, unsigned long long left) {
  static char buffer[1 << 16];
  for (ssize_t got;;) {
    got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) give_up(place, made, "the content");
    if (got == 0 && left == 0) return;
    if (got == 0 || (unsigned long long)got > left) errno = EPIPE, give_up(place, made, "the content");
    left -= (unsigned long long)got;
    for (ssize_t done = 0, wrote; done < got; done += wrote) {
      wrote = write(made->file, buffer + done, (size_t)(got - done));
      if (wrote < 0 && errno == EINTR) wrote = 0;
      else if (wrote < 0) give_up(place, made, "write");
    }
  }
}

/* New ones are of whom their folder is. */
static int give_to_owner(struct place place, int file, mode_t mode, bool is_mapped) {
  struct stat folder, status;
  if (fstat(place.folder, &folder) < 0 || fstat(file, &status) < 0) return -1;
  if (is_mapped && (folder.st_uid == NOBODY || folder.st_gid == NOBODY)) return errno = EOVERFLOW, -1;
  bool is_given = (status.st_uid == folder.st_uid && status.st_gid == folder.st_gid) ||
                  fchown(file, folder.st_uid, folder.st_gid) == 0;
  /* A person need not be of the group of their folder. */
  if (!is_given && (errno != EPERM || status.st_uid != folder.st_uid)) return -1;
  return fchmod(file, mode);
}

/* Gives it a name without taking one that is there. */
static int name_file(struct place place, struct new_file *made, const char *name) {
  char link[32];
  if (made->name[0]) return (int)syscall(SYS_renameat2, place.folder, made->name, place.folder, name, RENAME_NOREPLACE);
  snprintf(link, sizeof link, "/proc/self/fd/%d", made->file);
  return linkat(AT_FDCWD, link, place.folder, name, AT_SYMLINK_FOLLOW);
}

/* For the moment before rename(2), which replaces: link(2) does not. */
static int name_for_rename(struct place place, struct new_file *made) {
  struct new_file named;
  if (made->name[0]) return 0;
  if (pick_name(&named) < 0 || name_file(place, made, named.name) < 0) return -1;
  strcpy(made->name, named.name);
  return 0;
}

static bool is_as_expected(int file, const char *expected, struct stat *status) {
  char tag[TAG_SIZE];
  if (fstat(file, status) < 0) edit_failed("the file");
  tag_of(status, tag);
  return strcmp(expected, "any") == 0 || strcmp(expected, tag) == 0;
}

/* What is there now, to be replaced; -1 where there is nothing and should be nothing. */
static int open_old(struct place place, const struct saving *how, struct stat *status) {
  int old = open_entry(place);
  bool may_be_new = strcmp(how->expected, "any") == 0 || strcmp(how->expected, "none") == 0;
  if (old < 0 && errno == ENOENT && may_be_new) return -1;
  if (old < 0) edit_failed("the file");
  if (strcmp(how->expected, "none") == 0) errno = EEXIST, edit_failed("the file");
  bool is_expected = is_as_expected(old, how->expected, status);
  if (S_ISDIR(status->st_mode)) edit_ended(EDIT_FOLDER, "a folder");
  if (!S_ISREG(status->st_mode)) edit_ended(EDIT_NOT_REGULAR, "no regular file");
  if (!is_expected) edit_ended(EDIT_CHANGED, "changed since it was read");
  if (status->st_nlink > 1 && !how->breaks_links) edit_ended(EDIT_LINKED, "it has other names");
  /* An owner who has no id here could not be given back. */
  if (how->is_mapped && (status->st_uid == NOBODY || status->st_gid == NOBODY)) errno = EOVERFLOW, edit_failed("its owner");
  return old;
}

/* Whether the name is still that of what was looked at: the rest of a save may take a while. */
static bool is_still(struct place place, const struct stat *before) {
  char tags[2][TAG_SIZE];
  struct stat now;
  if (fstatat(place.folder, place.name, &now, AT_SYMLINK_NOFOLLOW) < 0) return false;
  tag_of(before, tags[0]);
  tag_of(&now, tags[1]);
  return strcmp(tags[0], tags[1]) == 0;
}

void save_file(const char *path, struct saving how) {
  struct place place = find_place(path, true);
  struct stat before, now;
  int old = open_old(place, &how, &before);
  sweep(place); /* what stays is for the next one: it does not keep this one from being saved */
  struct new_file made = begin_file(place);
  if (made.file < 0) edit_failed("a file beside it");
  copy_input(place, &made, how.length);
  if (old >= 0 ? copy_metadata(old, made.file) < 0 : give_to_owner(place, made.file, 0644, how.is_mapped) < 0)
    give_up(place, &made, "owner, mode and attributes");
  if (fsync(made.file) < 0) give_up(place, &made, "fsync");
  if (old < 0) {
    if (name_file(place, &made, place.name) < 0) give_up(place, &made, "the file");
  } else {
    if (name_for_rename(place, &made) < 0) give_up(place, &made, "a file beside it");
    if (!is_still(place, &before)) {
      unlinkat(place.folder, made.name, 0);
      edit_ended(EDIT_CHANGED, "changed since it was read");
    }
    if (renameat(place.folder, made.name, place.folder, place.name) < 0) give_up(place, &made, "rename");
  }
  sync_folder(place);
  if (fstat(made.file, &now) < 0) edit_failed("the file");
  put_status(&now, false);
}

void remove_unfinished(const char *path) {
  struct place place = find_place(path, true);
  if (sweep(place) < 0) edit_failed("what a save has left");
}

void new_folder(const char *path, bool is_mapped) {
  struct place place = find_place(path, false);
  if (mkdirat(place.folder, place.name, 0700) < 0) edit_failed("the folder");
  int folder = openat(place.folder, place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0 || give_to_owner(place, folder, 0755, is_mapped) < 0) {
    int error = errno;
    unlinkat(place.folder, place.name, AT_REMOVEDIR);
    errno = error;
    edit_failed("the folder");
  }
  sync_folder(place);
}
