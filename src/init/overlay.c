/*
 * The root as an overlay. All three folders are descriptors: a name in a bundle may be anybody's, and lead elsewhere a
 * moment later.
 */
#include "overlay.h"

#include "attributes.h"
#include "kernel.h"
#include "report.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FIRST_HIGH = 100 };

static int open_part(const struct plan *plan, int layer, const char *name) {
  uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  int part = (int)answered(open_below(layer, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, resolve));
  if (part < 0) step_failed(plan->layer_step, plan->layer, name);
  return part;
}

static int set_folder(int filesystem, const char *key, int folder) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
  return configure_filesystem(filesystem, FSCONFIG_SET_STRING, key, link);
}

/*
 * The layer may have come with a repository: nothing that stands in its attributes is followed to another place of the
 * rootfs (redirect_dir), or has a file of the rootfs for its content (metacopy). userxattr: they are attributes that the
 * person can read, and a user namespace may write; with root too, so that there is one kind of layer.
 */
static int set_options(int filesystem, const char *label) {
  static const char *const options[][2] = {{"redirect_dir", "nofollow"}, {"metacopy", "off"}, {"index", "off"}};
  if (configure_filesystem(filesystem, FSCONFIG_SET_STRING, "source", "overlay") < 0) return -1;
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (configure_filesystem(filesystem, FSCONFIG_SET_STRING, options[i][0], options[i][1]) < 0) return -1;
  if (configure_filesystem(filesystem, FSCONFIG_SET_FLAG, "userxattr", NULL) < 0) return -1;
  return label[0] ? configure_filesystem(filesystem, FSCONFIG_SET_STRING, "context", label) : 0;
}

/* A bind of the rootfs would have these from the mount that it is on. */
static unsigned int inherited_attributes(int rootfs) {
  struct statvfs status;
  bool is_noexec = fstatvfs(rootfs, &status) == 0 && status.f_flag & ST_NOEXEC;
  return (unsigned int)forbidden_at(rootfs) | (is_noexec ? MOUNT_ATTR_NOEXEC : 0);
}

void hold_layer(const struct plan *plan) {
  if (!plan->layer) return;
  int step = plan->layer_step;
  int layer = open_below(AT_FDCWD, plan->layer, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
  if (layer < 0) step_failed(step, plan->layer, NULL);
  if (flock(layer, LOCK_EX | LOCK_NB) < 0) step_failed(step, plan->layer, "a container runs on this layer, or it is being changed");
  /* Out of the way: what is opened after it has the numbers that it has without a layer (systemCalls.ts). */
  if (fcntl(layer, F_DUPFD_CLOEXEC, FIRST_HIGH) < 0) step_failed(step, plan->layer, NULL);
  close(layer);
}

int mount_layer(const struct plan *plan, int rootfs) {
  int step = plan->layer_step;
  int layer = (int)answered(open_below(AT_FDCWD, plan->layer, O_PATH | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS));
  if (layer < 0) step_failed(step, plan->layer, NULL);
  int upper = open_part(plan, layer, "upper"), work = open_part(plan, layer, "work");
  int filesystem = open_filesystem("overlay");
  if (filesystem < 0) step_failed(step, "overlay", "this kernel has no overlay file system for who starts the container");
  bool is_set = set_options(filesystem, plan->layer_label) == 0 && set_folder(filesystem, "lowerdir", rootfs) == 0 &&
                set_folder(filesystem, "upperdir", upper) == 0 && set_folder(filesystem, "workdir", work) == 0 &&
                configure_filesystem(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL) == 0;
  int mount = is_set ? make_mount(filesystem, inherited_attributes(rootfs)) : -1;
  if (mount < 0) {
    char log[256] = "";
    read_log(filesystem, log, sizeof log);
    step_failed(step, "overlay", log);
  }
  close(filesystem);
  close(work);
  close(upper);
  close(layer);
  /* The root has the number that it has without a layer (systemCalls.ts). */
  int root = (int)TOLD("fcntl", fcntl(mount, F_DUPFD_CLOEXEC, 0));
  if (root < 0) step_failed(step, "overlay", NULL);
  close(mount);
  return root;
}
