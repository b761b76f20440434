/* Options of a mount itself, in the words of mount(8), and with r in front those of all mounts below too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/mount.h>

/* mount_setattr(2): first the mount's own, then those of it and all below. */
struct changes {
  struct mount_attr own, below;
};

/* False for an option of the file system. What stands last holds. */
bool take_attribute(const char *option, struct changes *wanted);

struct changes changes_of(const char *const *options, size_t count);

/* Returns 0, or -1 with errno. */
int change_attributes(int mount, const struct changes *wanted);

/* What a copy may not do either, as the mount that it is from may not: be a program of its owner's, or a device. */
uint64_t forbidden_at(int place);
