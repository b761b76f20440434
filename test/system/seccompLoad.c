/* Loads a filter and tries system calls under it, each in a process of its own.
 *
 *   seccompLoad FLAGS PROGRAM < CALLS
 *
 * FLAGS are those of seccomp(2), PROGRAM is an array of struct sock_filter; both in hexadecimal digits. A
 * line of CALLS is `64 NUMBER A0 A1 A2 A3 A4 A5`, or 32 for int $0x80, all hexadecimal. For each a line says
 * what came back: `value N`, `errno N`, `trap N` of a SIGSYS with that si_errno, or `signal N`. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Shared, because a filter may let no process write. */
static struct {
  char kind[8];
  long number;
} *result;

static struct sock_filter filter[BPF_MAXINSNS];

static unsigned short read_program(const char *digits) {
  unsigned char *bytes = (unsigned char *)filter;
  size_t length = strlen(digits) / 2;
  if (length > sizeof filter) exit(2);
  for (size_t at = 0; at < length; at++) sscanf(digits + 2 * at, "%2hhx", bytes + at);
  return length / sizeof *filter;
}

static void say(const char *kind, long number) {
  strcpy(result->kind, kind);
  result->number = number;
}

static void trapped(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  say("trap", info->si_errno);
  _exit(0);
}

static long call32(unsigned number, const unsigned long *a) {
#ifdef __x86_64__
  long back = number;
  unsigned long sixth = (unsigned)a[5];
  __asm__ volatile("push %%rbp\n\tmov %[sixth], %%rbp\n\tint $0x80\n\tpop %%rbp"
                   : "+a"(back)
                   : "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), [sixth] "r"(sixth)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)back;
#else
  (void)number, (void)a;
  raise(SIGILL);
  return 0;
#endif
}

static void try(int bits, unsigned number, const unsigned long *a, unsigned flags,
                const struct sock_fprog *program) {
  struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
  struct rlimit none = {0, 0};
  sigaction(SIGSYS, &action, NULL);
  setrlimit(RLIMIT_CORE, &none);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program)) {
    say("load", errno);
    _exit(0);
  }
  long back = bits == 32 ? call32(number, a)
                         : syscall((int)number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (bits == 64 && back == -1) say("errno", errno);
  else if (back < 0 && back >= -4095) say("errno", -back);
  else say("value", back);
  _exit(0);
}

int main(int count, char **words) {
  if (count != 3) return 2;
  struct sock_fprog program = {.filter = filter, .len = read_program(words[2])};
  unsigned flags = strtoul(words[1], NULL, 16);
  result = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char line[512];
  while (fgets(line, sizeof line, stdin)) {
    unsigned bits, number;
    unsigned long a[6];
    int status;
    if (sscanf(line, "%u %x %lx %lx %lx %lx %lx %lx", &bits, &number, a, a + 1, a + 2, a + 3, a + 4,
               a + 5) != 8)
      return 2;
    say("none", 0);
    pid_t child = fork();
    if (child == 0) try(bits, number, a, flags, &program);
    if (child < 0 || waitpid(child, &status, 0) < 0) return 2;
    if (WIFSIGNALED(status)) say("signal", WTERMSIG(status));
    printf("%s %ld\n", result->kind, result->number);
    fflush(stdout);
  }
  return 0;
}
