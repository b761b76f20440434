/* What is done with single files of a rootfs for an editor: terrarium-init file ACTION (edit.c). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>
#include <sys/stat.h>

/* The rootfs, a descriptor that the helper gives. */
enum { TREE = 3 };

/* Exit statuses, which src/helper/files/fileTool.ts reads. 1 is that of unshare(1), which may execute this. */
enum edit_status {
  EDIT_REFUSED = 2, /* EACCES, EPERM */
  EDIT_MISSING,
  EDIT_EXISTS, /* also a folder that is not empty */
  EDIT_NOT_REGULAR,
  EDIT_CHANGED,
  EDIT_LINKED,
  EDIT_MOUNTED,
  EDIT_TOO_LARGE,
  EDIT_UNKNOWN_OWNER,
  EDIT_FOLDER,
  EDIT_FAILED, /* everything else */
};

/* Longest text of `tag_of`. */
enum { TAG_SIZE = 160 };

/* A name in a folder of the rootfs, which is open (O_PATH). */
struct place {
  int folder;
  const char *name;
};

/* ACTION and what follows it. */
noreturn void edit_file(char **words);

/* Says why, and ends with this status. */
noreturn void edit_ended(enum edit_status status, const char *reason);

/* Says what errno says of it, and ends with the status that goes with that. */
noreturn void edit_failed(const char *what);

/* Which content of which inode: another one after each change. */
void tag_of(const struct stat *status, char text[TAG_SIZE]);

/* What a path leads to, inside the rootfs and on its own mount. Returns an O_PATH descriptor, or -1 with errno. */
int open_inside(const char *path, unsigned long long flags);

/* The name that PATH is for; one that is a symbolic link leads on where FOLLOWS. Ends the program where there is none. */
struct place find_place(const char *path, bool follows);

/* What is at a place, without following a link. Returns an O_PATH descriptor, or -1 with errno. */
int open_entry(struct place place);

/* The names of a folder are on the disk when it returns. */
void sync_folder(struct place place);

/* Type, mode, owner, size, times, names and tag of a file, as words. */
void put_status(const struct stat *status, bool is_link);

/* save.c: the content of standard input becomes the file's, or that of a new one. */
struct saving {
  const char *expected; /* a tag, "none", or "any" */
  bool breaks_links;
  bool is_mapped; /* in a user namespace */
  unsigned long long length; /* of the content */
};
void save_file(const char *path, struct saving how);

/* save.c: removes what saves have left beside this path that were killed. */
void remove_unfinished(const char *path);

/* save.c: a folder that is its parent's owner's. */
void new_folder(const char *path, bool is_mapped);
