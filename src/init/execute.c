/* The last act: a process becomes a program of the container. */
#include "execute.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* As execve(2) takes them, which changes none. */
static char **vector(struct words words) { return (char **)words.at; }

void execute(struct words arguments, struct words environment) {
  const char *name = arguments.at[0], *path = usual_path;
  if (strchr(name, '/')) {
    execve(name, vector(arguments), vector(environment));
    return;
  }
  for (size_t i = 0; i < environment.count; i++)
    if (strncmp(environment.at[i], "PATH=", 5) == 0) path = environment.at[i] + 5;
  int error = ENOENT;
  for (const char *folder = path;; folder++) {
    char file[PATH_MAX];
    size_t length = strcspn(folder, ":");
    const char *slash = length ? "/" : "";
    if (snprintf(file, sizeof file, "%.*s%s%s", (int)length, folder, slash, name) < (int)sizeof file)
      execve(file, vector(arguments), vector(environment));
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    folder += length;
    if (*folder == '\0') break;
  }
  errno = error;
}

void say_why_not(const char *name, int error) {
  static const char missing[] = ": it is not in the container, or its loader or the interpreter of its #! line is not";
  dprintf(STDERR_FILENO, "terrarium: %s: %s%s\n", name, strerror(error), error == ENOENT ? missing : "");
}

int exit_code_of(int error) { return error == ENOENT ? 127 : 126; }

void handle_endings(void (*handler)(int)) {
  static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) signal(endings[i], handler);
}

void default_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number <= SIGRTMAX; number++) signal(number, SIG_DFL);
}
