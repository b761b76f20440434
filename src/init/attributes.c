/* Options of a mount itself. */
#include "attributes.h"

#include "kernel.h"

#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

static const struct attribute {
  const char *name;
  uint64_t set, clear;
} attributes[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
};

static const struct attribute *attribute_of(const char *name) {
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
    if (strcmp(attributes[i].name, name) == 0) return &attributes[i];
  return NULL;
}

bool take_attribute(const char *option, struct changes *wanted) {
  const struct attribute *found = attribute_of(option);
  struct mount_attr *changed = &wanted->own;
  if (!found && option[0] == 'r') {
    found = attribute_of(option + 1);
    changed = &wanted->below;
  }
  if (!found) return false;
  changed->attr_set = (changed->attr_set & ~found->clear) | found->set;
  changed->attr_clr = (changed->attr_clr & ~found->set) | found->clear;
  return true;
}

struct changes changes_of(const char *const *options, size_t count) {
  struct changes wanted = {0};
  for (size_t i = 0; i < count; i++) take_attribute(options[i], &wanted);
  return wanted;
}

static int change(int mount, unsigned int flags, struct mount_attr wanted) {
  return wanted.attr_set || wanted.attr_clr ? set_mount_attributes(mount, flags, &wanted) : 0;
}

int change_attributes(int mount, const struct changes *wanted) {
  return change(mount, 0, wanted->own) < 0 ? -1 : change(mount, AT_RECURSIVE, wanted->below);
}

uint64_t forbidden_at(int place) {
  struct statvfs status;
  if (fstatvfs(place, &status) < 0) return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  return (status.f_flag & ST_NOSUID ? MOUNT_ATTR_NOSUID : 0) | (status.f_flag & ST_NODEV ? MOUNT_ATTR_NODEV : 0);
}
