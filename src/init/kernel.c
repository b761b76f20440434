/* System calls that not every libc wraps. */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The path is the descriptor itself. */
#define EMPTY_PATH 0x1000 /* AT_EMPTY_PATH */

enum { MOST_TRIES = 1000 };

pid_t clone3(struct clone_args *arguments) {
  return (pid_t)syscall(SYS_clone3, arguments, sizeof *arguments);
}

int enter_namespace(int descriptor, int type) {
  return (int)syscall(SYS_setns, descriptor, type);
}

int leave_namespaces(int flags) { return (int)syscall(SYS_unshare, flags); }

int open_pid(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int signal_pid(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int open_below(int folder, const char *path, uint64_t flags, uint64_t resolve) {
  struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
  for (int tries = 0;; tries++) {
    int opened = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (opened >= 0 || (errno != EAGAIN && errno != EINTR) || tries == MOST_TRIES) return opened;
  }
}

int open_tree(int folder, const char *path, unsigned int flags) {
  if (path[0] == '\0') flags |= EMPTY_PATH;
  return (int)syscall(SYS_open_tree, folder, path, flags | OPEN_TREE_CLOEXEC);
}

int move_mount_to(int mount, int place) {
  unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return (int)syscall(SYS_move_mount, mount, "", place, "", flags);
}

int set_mount_attributes(int mount, unsigned int flags, struct mount_attr *attributes) {
  return (int)syscall(SYS_mount_setattr, mount, "", flags | EMPTY_PATH, attributes, sizeof *attributes);
}

int open_filesystem(const char *type) { return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC); }

int configure_filesystem(int filesystem, unsigned int command, const char *key, const char *value) {
  return (int)syscall(SYS_fsconfig, filesystem, command, key, value, 0);
}

int make_mount(int filesystem, unsigned int attributes) {
  return (int)syscall(SYS_fsmount, filesystem, FSMOUNT_CLOEXEC, attributes);
}

int mount_by_path(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
  return (int)syscall(SYS_mount, source, target, type, flags, data);
}

int pivot_root(const char *new_root, const char *put_old) {
  return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int unmount(const char *place, int flags) { return (int)syscall(SYS_umount2, place, flags); }
