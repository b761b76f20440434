/* Makes filters with libseccomp as runc and crun do, for a comparison with those of src/core/seccomp.
 * Standard input, a line each; numbers are hexadecimal, and an action is what the filter returns:
 *
 *   filter DEFAULT            begins one
 *   arch TOKEN                the first takes the place of the machine's own
 *   rule ACTION NAME [INDEX:OPERATOR:VALUE:VALUETWO]...
 *   end                       prints the program in hexadecimal digits on a line
 *   name TOKEN NAME           prints the number of a system call, below 0 where there is none
 */
#define _GNU_SOURCE
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void fail(const char *what, int error) {
  fprintf(stderr, "%s: %s\n", what, strerror(error < 0 ? -error : error));
  exit(1);
}

static void print(scmp_filter_ctx filter) {
  unsigned char bytes[4096];
  int file = memfd_create("filter", 0);
  int error = seccomp_export_bpf(filter, file);
  if (file < 0 || error) fail("seccomp_export_bpf", error ? error : errno);
  lseek(file, 0, SEEK_SET);
  for (ssize_t size; (size = read(file, bytes, sizeof bytes)) > 0;)
    for (ssize_t at = 0; at < size; at++) printf("%02x", bytes[at]);
  printf("\n");
  fflush(stdout);
  close(file);
}

static void rule(scmp_filter_ctx filter, char *words) {
  struct scmp_arg_cmp args[6];
  unsigned count = 0;
  unsigned action = strtoul(strtok(words, " "), NULL, 16);
  char *name = strtok(NULL, " ");
  int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR) return; /* runc and crun leave out what libseccomp does not know */
  for (char *word; (word = strtok(NULL, " ")) && count < 6; count++) {
    unsigned long long value, two;
    unsigned index, operator;
    if (sscanf(word, "%x:%x:%llx:%llx", &index, &operator, &value, &two) != 4) fail(word, EINVAL);
    args[count] = (struct scmp_arg_cmp){index, (enum scmp_compare)operator, value, two};
  }
  int error = seccomp_rule_add_array(filter, action, number, count, args);
  if (error) fail(name, error);
}

int main(void) {
  char line[4096];
  scmp_filter_ctx filter = NULL;
  int first = 1;
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (!strncmp(line, "filter ", 7)) {
      filter = seccomp_init(strtoul(line + 7, NULL, 16));
      if (!filter) fail("seccomp_init", EINVAL);
      first = 1;
    } else if (!strncmp(line, "arch ", 5)) {
      unsigned token = strtoul(line + 5, NULL, 16);
      int error = seccomp_arch_add(filter, token);
      if (error && error != -EEXIST) fail(line, error);
      if (first && token != seccomp_arch_native()) seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);
      first = 0;
    } else if (!strncmp(line, "rule ", 5)) {
      rule(filter, line + 5);
    } else if (!strcmp(line, "end")) {
      print(filter);
      seccomp_release(filter);
    } else if (!strncmp(line, "name ", 5)) {
      char *name;
      unsigned token = strtoul(line + 5, &name, 16);
      printf("%d\n", seccomp_syscall_resolve_name_arch(token, name + 1));
    }
  }
  return 0;
}
