// What a start would take if one static program made the system calls itself: the confined bundle of
// start.bench.mjs, by hand. A measuring stick for the script that is shipped, not a runtime: it trusts
// its rootfs, checks no race and explains nothing.
//
//   prototype ROOTFS PROGRAM
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int result, const char *what) {
  if (result < 0) {
    fprintf(stderr, "prototype: %s: %s\n", what, strerror(errno));
    exit(125);
  }
}

static void text(const char *file, const char *value) {
  int fd = open(file, O_WRONLY | O_CREAT, 0666);
  must(fd, file);
  must(write(fd, value, strlen(value)), file);
  close(fd);
}

static void fresh(const char *type, const char *place, unsigned long flags, const char *options) {
  mkdir(place, 0755);
  must(mount(type, place, type, flags, options), place);
}

static void bind(const char *source, const char *place, unsigned long flags) {
  if (access(place, F_OK) != 0) return;
  must(mount(source, place, NULL, MS_BIND, NULL), place);
  if (flags) must(mount(NULL, place, NULL, MS_BIND | MS_REMOUNT | flags, NULL), place);
}

static void set_up(const char *rootfs) {
  must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
  must(mount(rootfs, rootfs, NULL, MS_BIND, NULL), rootfs);
  must(chdir(rootfs), rootfs);
  fresh("proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
  fresh("tmpfs", "dev", MS_NOSUID, "mode=755,size=64k");
  fresh("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620");
  fresh("tmpfs", "dev/shm", MS_NOSUID, "mode=1777,size=64k");
  fresh("sysfs", "sys", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL);
  const char *devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
  for (int i = 0; i < 6; i++) {
    char from[32], to[32];
    snprintf(from, sizeof from, "/dev/%s", devices[i]);
    snprintf(to, sizeof to, "dev/%s", devices[i]);
    text(to, "");
    bind(from, to, 0);
  }
  symlink("/proc/self/fd", "dev/fd");
  symlink("/proc/self/fd/0", "dev/stdin");
  symlink("/proc/self/fd/1", "dev/stdout");
  symlink("/proc/self/fd/2", "dev/stderr");
  symlink("pts/ptmx", "dev/ptmx");
  const char *masked[] = {"proc/kcore", "proc/keys", "proc/timer_list"};
  for (int i = 0; i < 3; i++) bind("/dev/null", masked[i], 0);
  if (access("sys/firmware", F_OK) == 0) fresh("tmpfs", "sys/firmware", MS_RDONLY, "size=4k");
  const char *fixed[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
  for (int i = 0; i < 5; i++)
    bind(fixed[i], fixed[i], MS_RDONLY | MS_NOSUID | MS_NOEXEC | MS_NODEV);
  must(sethostname("box", 3), "hostname");
  must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  must(umount2(".", MNT_DETACH), "umount");
  must(chdir("/"), "/");
}

static void confine(void) {
  // CHOWN DAC_OVERRIDE FOWNER KILL SETGID SETUID SYS_CHROOT
  unsigned keep = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 18;
  for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
    if (cap > 31 || !(keep & 1u << cap)) prctl(PR_CAPBSET_DROP, cap);
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{keep, keep, 0}, {0, 0, 0}};
  must(syscall(SYS_capset, &header, data), "capset");
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  must(prctl(PR_SET_PDEATHSIG, SIGKILL), "pdeathsig");
  must(unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
               CLONE_NEWCGROUP | CLONE_NEWNET), "unshare");
  // One id is all that a process may map for itself; more would need a second one outside.
  text("/proc/self/setgroups", "deny");
  text("/proc/self/uid_map", "0 0 1");
  text("/proc/self/gid_map", "0 0 1");
  pid_t child = fork();
  must(child, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_up(argv[1]);
    confine();
    char *const words[] = {argv[2], NULL}, *const env[] = {"PATH=/bin", NULL};
    execve(argv[2], words, env);
    must(-1, argv[2]);
  }
  int status;
  must(waitpid(child, &status, 0), "wait");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
