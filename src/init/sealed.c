/* The program executes from a sealed copy in memory. */
#include "sealed.h"

#include "kernel.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
  ALLOW_SEALING = 2, /* MFD_ALLOW_SEALING */
  EXECUTABLE = 0x10, /* MFD_EXEC, Linux 6.3 */
  CLOSE_ON_EXEC = 1, /* MFD_CLOEXEC */
  SEAL = 1,          /* F_SEAL_SEAL */
  SHRINK = 2,
  GROW = 4,
  WRITES = 8,
  ALL_SEALS = SEAL | SHRINK | GROW | WRITES,
  ADD_SEALS = 1033, /* F_ADD_SEALS */
  GET_SEALS = 1034,
};

static int open_memory(void) {
  int memory = (int)syscall(SYS_memfd_create, "terrarium-init", CLOSE_ON_EXEC | ALLOW_SEALING | EXECUTABLE);
  if (memory >= 0 || errno != EINVAL) return memory;
  return (int)syscall(SYS_memfd_create, "terrarium-init", CLOSE_ON_EXEC | ALLOW_SEALING);
}

static int copy_to(int memory, int file) {
  struct stat status;
  if (fstat(file, &status) < 0) return -1;
  for (off_t left = status.st_size; left > 0;) {
    ssize_t copied = sendfile(memory, file, NULL, (size_t)left);
    if (copied == 0) errno = EIO;
    if (copied <= 0) return -1;
    left -= copied;
  }
  return 0;
}

void run_sealed(char **argv) {
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (file < 0) start_failed("/proc/self/exe");
  if ((fcntl(file, GET_SEALS) & ALL_SEALS) == ALL_SEALS && fcntl(file, GET_SEALS) >= 0) {
    close(file);
    /* execveat(2) of a descriptor names the process after its number. */
    prctl(PR_SET_NAME, "terrarium-init");
    return;
  }
  int memory = open_memory();
  if (memory < 0 || copy_to(memory, file) < 0 || fcntl(memory, ADD_SEALS, ALL_SEALS) < 0) start_failed("a copy of itself");
  syscall(SYS_execveat, memory, "", argv, environ, 0x1000 /* AT_EMPTY_PATH */);
  start_failed("executing a copy of itself");
}
