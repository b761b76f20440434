/*
 * Saves a file of a rootfs: the whole new one takes the place of the old one by rename(2), so at each moment there is one
 * of the two. Mode, owner and extended attributes, file capabilities too, are the old one's; its time is that of the
 * save. What takes the place is an inode of its own: other names of the old one (hard links), which may lie outside of
 * the rootfs, keep the old content, and who may not want that is told first.
 */
#include "edit.h"
#include "metadata.h"

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

/* The name of a new file for the moment before it takes the place. Who has locked the folder may take the first one. */
#define UNFINISHED ".terrarium-save"

struct new_file {
  int file;
  char name[sizeof UNFINISHED + 20]; /* empty: it has none yet (O_TMPFILE) */
};

/* Its folder may be one of a file system without O_TMPFILE. */
static struct new_file begin_file(struct place place) {
  struct new_file made = {openat(place.folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), ""};
  if (made.file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)) return made;
  unsigned long long number;
  if (getrandom(&number, sizeof number, 0) < 0) edit_failed("getrandom");
  snprintf(made.name, sizeof made.name, UNFINISHED "-%llx", number);
  made.file = openat(place.folder, made.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  return made;
}

/* A folder that somebody else has locked has other names for it. */
static bool lock_folder(struct place place) {
  int folder = openat(place.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0; /* until this process ends */
}

static noreturn void give_up(struct place place, const struct new_file *made, const char *what) {
  int error = errno;
  if (made->name[0]) unlinkat(place.folder, made->name, 0);
  errno = error;
  edit_failed(what);
}

static void copy_input(struct place place, const struct new_file *made) {
  static char buffer[1 << 16];
  for (ssize_t got;;) {
    got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) give_up(place, made, "the content");
    if (got == 0) return;
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
  char name[sizeof made->name] = UNFINISHED;
  if (made->name[0]) return 0;
  bool is_locked = lock_folder(place);
  /* Left by one that was killed. A folder of that name stays. */
  if (is_locked) unlinkat(place.folder, name, 0);
  if (!is_locked || name_file(place, made, name) < 0) {
    unsigned long long number;
    if (is_locked && errno != EEXIST) return -1;
    if (getrandom(&number, sizeof number, 0) < 0) return -1;
    snprintf(name, sizeof name, UNFINISHED "-%llx", number);
    if (name_file(place, made, name) < 0) return -1;
  }
  strcpy(made->name, name);
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
  struct new_file made = begin_file(place);
  if (made.file < 0) edit_failed("a file beside it");
  copy_input(place, &made);
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
  if (lock_folder(place) && unlinkat(place.folder, UNFINISHED, 0) < 0 && errno != ENOENT) edit_failed(UNFINISHED);
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
