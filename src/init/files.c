/* Files, links and nodes of a start, and the names of its namespaces. */
#include "files.h"

#include "places.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int write_text(const char *file, const char *text, size_t length) {
  int opened = (int)TOLD("openat", open(file, O_WRONLY | O_CLOEXEC));
  if (opened < 0) return -1;
  ssize_t written = TOLD("write", write(opened, text, length));
  int error = written < 0 ? errno : EIO;
  close(opened);
  /* SELinux takes the newline behind a label away, and counts without it. */
  bool is_line = length > 0 && text[length - 1] == '\n';
  if (written == (ssize_t)length || (is_line && written == (ssize_t)length - 1)) return 0;
  errno = error;
  return -1;
}

/* "./x" is "x"; "." stays. */
static const char *plain(const char *name) { return name[1] == '/' ? name + 2 : name; }

/* The second word of STEP with a newline behind it, to be freed. LENGTH: of both. */
static char *line_of(const struct step *step, size_t *length) {
  const char *text = step->words.at[1];
  *length = strlen(text) + 1;
  char *line = malloc(*length + 1);
  if (!line) step_failed(step->index, step->words.at[0], NULL);
  memcpy(line, text, *length - 1);
  memcpy(line + *length - 1, "\n", 2);
  return line;
}

void write_file(const struct step *step) {
  const char *file = step->words.at[0];
  size_t length;
  char *line = line_of(step, &length);
  if (write_text(file, line, length) < 0) step_failed(step->index, file, NULL);
  free(line);
}

/* A bind of the bundle may be on the way: whatever else lies there now, nothing is written to. */
void register_format(int root, const struct step *step) {
  int folder = (int)answered(find_folder(root, step->cwd));
  struct statfs status;
  if (folder < 0 || fstatfs(folder, &status) < 0) step_failed(step->index, step->cwd, NULL);
  if (status.f_type != BINFMTFS_MAGIC) {
    errno = ENODEV;
    step_failed(step->index, step->cwd, "no binfmt_misc is mounted there any more");
  }
  size_t length;
  char *line = line_of(step, &length);
  int file = (int)TOLD("openat", openat(folder, plain(step->words.at[0]), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (file < 0 || TOLD("write", write(file, line, length)) != (ssize_t)length)
    step_failed(step->index, step->words.at[0], NULL);
  close(file);
  close(folder);
  free(line);
}

void make_host_folder(const struct step *step) {
  if (TOLD("mkdir", mkdir(step->words.at[0], 0755)) < 0) step_failed(step->index, step->words.at[0], NULL);
}

/* The step's own folder, made where it is missing. */
static int folder_of(int root, const struct step *step) {
  int folder = (int)answered(find_folder(root, step->cwd));
  if (folder < 0) folder = make_folder(root, step->cwd);
  if (folder < 0) place_refused(step->index, step->cwd, "missing");
  return folder;
}

void create_files(int root, const struct step *step) {
  for (size_t i = 0; i < step->words.count; i++) {
    char *path = join_path(step->cwd, step->words.at[i]);
    int file = path ? make_file(root, path) : -1;
    if (file < 0) step_failed(step->index, path ? path : step->cwd, NULL);
    close(file);
    free(path);
  }
}

void create_folder(int root, const struct step *step) { close(folder_of(root, step)); }

void make_links(int root, const struct step *step) {
  int folder = folder_of(root, step);
  for (size_t i = 0; i < step->words.count; i += 2) {
    const char *target = step->words.at[i], *name = plain(step->words.at[i + 1]);
    if (TOLD("symlinkat", symlinkat(target, folder, name)) < 0 && errno != EEXIST) step_failed(step->index, name, NULL);
  }
  close(folder);
}

void make_node(int root, const struct step *step) {
  const char *const *words = step->words.at;
  mode_t type = words[1][0] == 'p' ? S_IFIFO : words[1][0] == 'b' ? S_IFBLK : S_IFCHR;
  mode_t mode = (mode_t)number_of(words[2]) & 07777;
  dev_t device = makedev((unsigned int)number_of(words[3]), (unsigned int)number_of(words[4]));
  int folder = folder_of(root, step);
  if (TOLD("mknodat", mknodat(folder, plain(words[0]), type | mode, device)) < 0) step_failed(step->index, words[0], NULL);
  close(folder);
}

void change_owner(int root, const struct step *step) {
  const char *const *words = step->words.at;
  int folder = folder_of(root, step);
  uid_t uid = (uid_t)number_of(words[1]);
  gid_t gid = (gid_t)number_of(words[2]);
  if (TOLD("fchownat", fchownat(folder, plain(words[0]), uid, gid, AT_SYMLINK_NOFOLLOW)) < 0)
    step_failed(step->index, words[0], NULL);
  close(folder);
}

void set_name(const struct step *step) {
  const char *name = step->words.at[0];
  long result = step->kind == HOST_NAME ? TOLD("sethostname", sethostname(name, strlen(name)))
                                        : TOLD("setdomainname", setdomainname(name, strlen(name)));
  if (result < 0) step_failed(step->index, name, NULL);
}

void bring_loopback_up(const struct step *step) {
  struct ifreq request = {.ifr_name = "lo"};
  int asked = (int)TOLD("socket", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (asked < 0 || TOLD("ioctl", ioctl(asked, SIOCGIFFLAGS, &request)) < 0) step_failed(step->index, "lo", NULL);
  request.ifr_flags |= IFF_UP;
  if (TOLD("ioctl", ioctl(asked, SIOCSIFFLAGS, &request)) < 0) step_failed(step->index, "lo", NULL);
  close(asked);
}
