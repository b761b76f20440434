/* System calls that not every libc wraps. */
#include "kernel.h"

#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As syscall(2); the helper hears of it. */
#define NOTED(name, ...) TOLD(#name, syscall(SYS_##name, __VA_ARGS__))

/* The path is the descriptor itself. */
#define EMPTY_PATH 0x1000 /* AT_EMPTY_PATH */

enum { MOST_TRIES = 1000 };

pid_t clone3(struct clone_args *arguments) {
  note_call("clone3");
  pid_t pid = (pid_t)syscall(SYS_clone3, arguments, sizeof *arguments);
  return pid == 0 ? 0 : (pid_t)answered(pid); /* in the child it has no answer to tell */
}

int enter_namespace(int descriptor, int type) {
  return (int)NOTED(setns, descriptor, type);
}

int leave_namespaces(int flags) { return (int)NOTED(unshare, flags); }

int open_pid(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int take_descriptor(int process, int descriptor) {
  return (int)syscall(SYS_pidfd_getfd, process, descriptor, 0);
}

int signal_pid(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int open_below(int folder, const char *path, uint64_t flags, uint64_t resolve) {
  struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
  note_call("openat2");
  for (int tries = 0;; tries++) {
    int opened = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (opened >= 0 || (errno != EAGAIN && errno != EINTR) || tries == MOST_TRIES) return opened;
  }
}

int open_tree(int folder, const char *path, unsigned int flags) {
  if (path[0] == '\0') flags |= EMPTY_PATH;
  return (int)NOTED(open_tree, folder, path, flags | OPEN_TREE_CLOEXEC);
}

int move_mount_to(int mount, int place) {
  unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return (int)NOTED(move_mount, mount, "", place, "", flags);
}

int set_mount_attributes(int mount, unsigned int flags, struct mount_attr *attributes) {
  return (int)NOTED(mount_setattr, mount, "", flags | EMPTY_PATH, attributes, sizeof *attributes);
}

int open_filesystem(const char *type) { return (int)NOTED(fsopen, type, FSOPEN_CLOEXEC); }

int configure_filesystem(int filesystem, unsigned int command, const char *key, const char *value) {
  return (int)NOTED(fsconfig, filesystem, command, key, value, 0);
}

int make_mount(int filesystem, unsigned int attributes) {
  return (int)NOTED(fsmount, filesystem, FSMOUNT_CLOEXEC, attributes);
}

int pick_filesystem(int place) {
  return (int)NOTED(fspick, place, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
}

void read_log(int filesystem, char *log, size_t size) {
  int error = errno;
  ssize_t length = read(filesystem, log, size - 1);
  log[length > 0 ? length : 0] = '\0';
  log[strcspn(log, "\n")] = '\0';
  if (log[0] && log[1] == ' ') memmove(log, log + 2, strlen(log + 1));
  errno = error;
}

int mount_by_path(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
  return (int)NOTED(mount, source, target, type, flags, data);
}

int pivot_root(const char *new_root, const char *put_old) {
  return (int)NOTED(pivot_root, new_root, put_old);
}

int unmount(const char *place, int flags) { return (int)NOTED(umount2, place, flags); }
