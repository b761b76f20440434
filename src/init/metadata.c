/* Mode, owner and extended attributes of files, which Node has no calls for. */
#include "metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MARKS "user.overlay."

enum { LARGEST = 65536 }; /* XATTR_SIZE_MAX, XATTR_LIST_MAX */

struct link {
  char path[32];
};

/* A descriptor of O_PATH has no attributes of its own (open(2)); its link leads to the file, also where that is a link. */
static struct link link_of(int file) {
  struct link link;
  snprintf(link.path, sizeof link.path, "/proc/self/fd/%d", file);
  return link;
}

/* The label of SELinux is what the policy gives a place, and the marks are those of overlayfs. */
static bool is_own(const char *name) {
  return strncmp(name, MARKS, strlen(MARKS)) != 0 && strncmp(name, "trusted.overlay.", 16) != 0 &&
         strcmp(name, "security.selinux") != 0;
}

/* Names one after another; null where the file system has no attributes. */
static char *names_of(int file, size_t *length) {
  /* Most files have none, and need no room for them: the kernel takes as much as it is offered. */
  bool none = listxattr(link_of(file).path, NULL, 0) == 0;
  char *names = malloc(none ? 1 : LARGEST);
  ssize_t size = none ? 0 : names ? listxattr(link_of(file).path, names, LARGEST) : -1;
  *length = size > 0 ? (size_t)size : 0;
  if (names && size >= 0) return names;
  free(names);
  return NULL;
}

static bool has_same(int one, int other, const char *name) {
  static char values[2][LARGEST];
  ssize_t first = getxattr(link_of(one).path, name, values[0], LARGEST);
  ssize_t second = getxattr(link_of(other).path, name, values[1], LARGEST);
  return first == second && (first < 0 || memcmp(values[0], values[1], (size_t)first) == 0);
}

static bool has_all(int one, int other) {
  size_t length;
  char *names = names_of(one, &length);
  bool all = true;
  for (char *name = names; all && name && name < names + length; name += strlen(name) + 1)
    all = !is_own(name) || has_same(one, other, name);
  free(names);
  return all;
}

const char *metadata_difference(int one, const struct stat *first, int other, const struct stat *second) {
  static char found[4];
  char *end = found;
  if ((first->st_mode & 07777) != (second->st_mode & 07777)) *end++ = 'm';
  if (first->st_uid != second->st_uid || first->st_gid != second->st_gid) *end++ = 'o';
  if (!has_all(one, other) || !has_all(other, one)) *end++ = 'x';
  *end = '\0';
  return found;
}

/* Those that FROM lacks go, all others are written. */
static int copy_attributes(int from, int to) {
  static char value[LARGEST];
  size_t length;
  int result = 0;
  char *names = names_of(to, &length);
  for (char *name = names; result == 0 && name && name < names + length; name += strlen(name) + 1)
    if (is_own(name) && getxattr(link_of(from).path, name, NULL, 0) < 0) result = removexattr(link_of(to).path, name);
  free(names);
  names = names_of(from, &length);
  for (char *name = names; result == 0 && name && name < names + length; name += strlen(name) + 1) {
    if (!is_own(name) || has_same(from, to, name)) continue;
    ssize_t size = getxattr(link_of(from).path, name, value, LARGEST);
    if (size >= 0) result = setxattr(link_of(to).path, name, value, (size_t)size, 0);
  }
  free(names);
  return result;
}

int copy_metadata(int from, int to) {
  struct stat status, now;
  if (fstat(from, &status) < 0 || fstat(to, &now) < 0) return -1;
  bool is_same_owner = now.st_uid == status.st_uid && now.st_gid == status.st_gid;
  /* The owner first: chown(2) takes set-user-ID bits and capabilities away. */
  if (!is_same_owner && chown(link_of(to).path, status.st_uid, status.st_gid) < 0) return -1;
  if (chmod(link_of(to).path, status.st_mode & 07777) < 0) return -1;
  return copy_attributes(from, to);
}

bool is_opaque(int folder) {
  char value = '\0';
  return getxattr(link_of(folder).path, MARKS "opaque", &value, 1) == 1 && value == 'y';
}

int remove_marks(int file) {
  size_t length;
  int result = 0;
  char *names = names_of(file, &length);
  for (char *name = names; result == 0 && name && name < names + length; name += strlen(name) + 1)
    if (strncmp(name, MARKS, strlen(MARKS)) == 0) result = removexattr(link_of(file).path, name);
  free(names);
  return result;
}

void attribute_digits(int file, const char *name, char *text, unsigned long size) {
  unsigned char value[128];
  ssize_t length = getxattr(link_of(file).path, name, value, sizeof value);
  text[0] = '\0';
  for (ssize_t i = 0; i < length && (unsigned long)(2 * i + 3) <= size; i++) snprintf(text + 2 * i, 3, "%02x", value[i]);
}

bool list_attributes(int file, char *text, unsigned long size) {
  static unsigned char value[LARGEST];
  size_t length, at = 0;
  char *names = names_of(file, &length);
  bool known = names != NULL;
  text[0] = '\0';
  for (char *name = names; known && name < names + length; name += strlen(name) + 1) {
    if (strcmp(name, "security.selinux") == 0) continue;
    ssize_t bytes = getxattr(link_of(file).path, name, value, sizeof value);
    known = bytes >= 0 && at + strlen(name) + 2 * (size_t)bytes + 3 <= size;
    if (!known) break;
    at += (size_t)sprintf(text + at, "%s=", name);
    for (ssize_t i = 0; i < bytes; i++) at += (size_t)sprintf(text + at, "%02x", value[i]);
    at += (size_t)sprintf(text + at, "\n");
  }
  free(names);
  return known;
}
