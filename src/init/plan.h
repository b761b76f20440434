/*
 * The plan of a start: what the helper writes to descriptor 5 (src/core/sequence/encodeProgram.ts), as words that
 * are ended by a NUL each. Nothing is done before the whole of it has been understood.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_PLAN = 16 * 1024 * 1024 }; /* bytes */

/* A list of words, with a null pointer behind the last as execve(2) wants it. */
struct words {
  const char **at;
  size_t count;
};

enum kind {
  WRITE,
  REGISTER,
  MAKE_FOLDER,
  FILTER_DEVICES,
  MOUNT,
  BIND,
  BIND_EACH,
  REMOUNT,
  PROPAGATION,
  CREATE_FILES,
  CREATE_FOLDER,
  SYMLINKS,
  MAKE_NODE,
  CHANGE_OWNER,
  HOST_NAME,
  DOMAIN_NAME,
  LOOPBACK,
  LIMITS,
  SCHEDULER,
  IO_PRIORITY,
  PERSONALITY,
  PRIVILEGES,
};

enum phase { BEFORE, INSIDE, DROP };

/* The step is for a place that is there, and of that kind: otherwise it has nothing to do. PLAIN: no link leads to it. */
enum guard { NO_GUARD, IF_DIRECTORY, IF_FILE, PLAIN };

/* Words of BIND. MAPPED_... are maps as user_namespaces(7) has them, empty for none; MAPS_BELOW: of mounts below too. */
enum bind_word { RECURSIVE, FOLLOWS, MAPS_BELOW, MAPPED_USERS, MAPPED_GROUPS, SOURCE, BIND_NAME, FIRST_OPTION };

struct step {
  unsigned int index; /* its number in the helper's list, for reports */
  enum phase phase;
  enum guard guard;
  const char *cwd; /* absolute, inside; empty for what is on the host */
  enum kind kind;
  struct words words; /* their count and shape are those of the kind (plan.c) */
};

/* What unshare, setsid and their like are called in reports; NO_STEP where the helper has none. */
enum { NO_STEP = -1 };

struct id_map {
  int index;        /* of its step */
  const char *text; /* for /proc/PID/uid_map; null where a tool writes it */
  const char *tool; /* newuidmap(1), absolute; null where the text is written */
  struct words words;
};

/* A namespace to be entered: CLONE_NEW..., and an nsfs file. */
struct joined {
  int type;
  const char *path;
};

/* What is mounted on the machine from then on appears inside too: nowhere, in some binds, or in the root. */
enum follows { NOTHING, BINDS, ROOT };

struct offset {
  bool is_negative;
  uint64_t seconds, nanoseconds;
};

struct plan {
  const char *rootfs;
  const char *layer; /* the folder of its scratch layer; null for none */
  int layer_step;
  const char *layer_label; /* the SELinux label of its files (context=); empty for none */
  uint64_t namespaces; /* CLONE_NEW... to be made */
  struct joined *joins;
  size_t join_count;
  bool has_person; /* who is to own the user namespace */
  uint32_t person_uid, person_gid;
  struct id_map uid_map, gid_map;
  bool maps_itself; /* to one id, by who starts it */
  uint32_t own_uid, own_gid;
  const char *cgroup; /* its folder; null for none */
  bool begins_in_cgroup; /* PID 1 is born there, and does not move */
  bool takes_terminal;
  const char *tty; /* the terminal of the payload; null where it was given on 0, 1 and 6 */
  bool has_offsets;
  struct offset offsets[2]; /* of the monotonic clock and the one since boot (time_namespaces(7)) */
  enum follows follows;
  int unshare_step, session_step, become_step, pivot_step;
  bool is_stepwise; /* it waits before each step, these two as well */
  int rootfs_step, old_root_step;
  bool has_umask, has_open_files;
  uint32_t umask;
  uint64_t open_files; /* soft RLIMIT_NOFILE */
  const char *cwd;
  struct words environment, arguments;
  bool has_filter;
  uint32_t filter_flags;
  const char *filter; /* hexadecimal, 16 digits an instruction */
  struct step *steps;
  size_t step_count;
};

/*
 * Takes BUFFER apart, in which the words of PLAN stay. Returns null, or what is wrong with it; then PLAN is not to be
 * used. A pure function of the buffer.
 */
const char *read_plan(char *buffer, size_t size, struct plan *plan);

/* Gives back what read_plan has allocated. */
void free_plan(struct plan *plan);

/* Numbers of a plan that read_plan has checked. */
uint64_t number_of(const char *word);
uint64_t mask_of(const char *word);

/* The word that names the place of a step which mounts. */
const char *place_word(const struct step *step);
