/* System calls that not every libc wraps, and the headers that go together with them. */
#pragma once

#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef MOUNT_ATTR_NOSYMFOLLOW /* Linux 5.14 */
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#define MNT_DETACH 2 /* umount(2) */

/* Each returns -1 and sets errno, as the manual page of its name has it. Descriptors are close-on-exec. */

/* PID of the child, 0 in the child. ARGUMENTS are those of clone3 in clone(2). */
pid_t clone3(struct clone_args *arguments);
int enter_namespace(int descriptor, int type);
int leave_namespaces(int flags);
int open_pid(pid_t pid);
/* A duplicate of one that the process of a pidfd has. */
int take_descriptor(int process, int descriptor);
int signal_pid(int pidfd, int signal);

/* O_PATH below FOLDER, or as HOW says. A rename beside it (EAGAIN) is tried again. */
int open_below(int folder, const char *path, uint64_t flags, uint64_t resolve);

int open_tree(int folder, const char *path, unsigned int flags);
int move_mount_to(int mount, int place);
int set_mount_attributes(int mount, unsigned int flags, struct mount_attr *attributes);
int open_filesystem(const char *type);
int configure_filesystem(int filesystem, unsigned int command, const char *key, const char *value);
int make_mount(int filesystem, unsigned int attributes);
/* Makes a context to reconfigure the file system that PLACE is on. */
int pick_filesystem(int place);
/* The kernel's own words, which it keeps for who made the context: "e tmpfs: Bad value for 'size'". Keeps errno. */
void read_log(int filesystem, char *log, size_t size);
int mount_by_path(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int pivot_root(const char *new_root, const char *put_old);
int unmount(const char *place, int flags);
