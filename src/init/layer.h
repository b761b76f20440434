/* What is done with a scratch layer beside a start: terrarium-init layer ACTION (layer.c). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdnoreturn.h>
#include <sys/stat.h>

/* Descriptors that the helper gives: the folder that holds upper and work, and the rootfs. */
enum { LAYER = 3, ROOTFS = 4 };

/* Folders above each other that are gone into: each holds two descriptors. */
enum { DEEPEST = 400 };

/* A folder of the layer, and what the rootfs has in its place; BELOW is -1 for nothing. */
struct pair {
  int above, below;
};

/* What is done with an entry of the upper; ALL: with what only lies below it. Returns 0, or -1 with errno. */
typedef int act_on(struct pair folder, const char *name, bool all);

/* The same with all in a folder, until one fails. */
int act_on_children(act_on *act, struct pair folder);

/* Closes what is open of it. Returns RESULT, and keeps errno. */
int close_pair(const struct pair *folder, int result);

/* Whether it is "." or "..". */
bool is_dots(const char *name);

/* ACTION and what follows it. */
noreturn void work_on_layer(char **words);

/* One word of the output, ended by a NUL. Whether it could be written is_told says, when all is. */
void put_word(const char *word);

/* Writes out what is left of the output. Returns whether all of it could be written; errno need not say why not. */
bool is_told(void);

/* Says why, and ends with status 4; for EACCES and EPERM with status 2: in a user namespace it may go well. */
noreturn void layer_failed(const char *what);

/* A folder below PARENT, without following a link or leaving its file system. Returns -1 with errno. */
int open_folder(int parent, const char *name);

/* Whether it is one of overlayfs: a character device 0:0. */
bool is_whiteout(const struct stat *status);

/* The tops of the upper and of the rootfs. */
struct pair open_root(void);

/* watch.c: what the layer changes, MOST changes at most, and then again what becomes of it, until nobody writes to
   standard input any more. */
noreturn void watch_changes(unsigned long most);

/* apply.c: one entry of the upper becomes that of the rootfs. */
act_on apply_entry;

/* What a path leads through has to be in the rootfs too before the entry is. 0, or -1 with errno. */
int apply_folder(struct pair folder, const char *name);

/* discard.c: one entry of the upper goes. */
act_on discard_entry;

/* The paths on standard input, each ended by a NUL; SIZE bytes in all. */
char *read_paths(size_t *size);

/* seen.c: the overlay that is the root of process PID forgets what nobody has open. Returns that root, O_PATH. Without
   root the caller is in the namespaces of that process then. */
int refresh_overlay(const char *pid);

/* seen.c: refreshes it, and tells of each path what is seen inside, and the path. "seen": what the rootfs has. "old":
   another one. "own": that of the layer or of a mount. "unknown". */
void tell_seen(const char *pid);
