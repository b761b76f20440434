/* Preloaded: a kernel without user namespaces (CONFIG_USER_NS), which has no such files in /proc. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

static int is_missing(const char *path) {
  static const char *const ends[] = {"/uid_map", "/gid_map", "/setgroups", "/ns/user"};
  size_t length = strlen(path);
  if (strncmp(path, "/proc/", 6) != 0) return 0;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (length > strlen(ends[i]) && strcmp(path + length - strlen(ends[i]), ends[i]) == 0) return 1;
  return 0;
}

#define INSTEAD(name)                                                                    \
  int name(const char *path, int flags, ...) {                                           \
    va_list more;                                                                        \
    va_start(more, flags);                                                               \
    mode_t mode = va_arg(more, int);                                                     \
    va_end(more);                                                                        \
    if (!is_missing(path)) return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
    errno = ENOENT;                                                                      \
    return -1;                                                                           \
  }
INSTEAD(open)
INSTEAD(open64)
