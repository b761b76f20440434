/* What PID 1 gives up before the payload. */
#include "privileges.h"

#include "identity.h"
#include "report.h"
#include "shapes.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Words of a step of privileges. */
enum { BOUNDING, INHERITABLE, AMBIENT, USER, GROUP, GROUPS, NO_NEW_PRIVILEGES };

enum { MOST_GROUPS = 65536 /* NGROUPS_MAX of <linux/limits.h> */ };

struct sets {
  uint64_t effective, permitted, inheritable;
};

void set_limits(const struct step *step) {
  for (size_t i = 0; i < step->words.count; i += 3) {
    const char *const *words = (const char *const *)step->words.at + i;
    struct rlimit limit = {(rlim_t)number_of(words[1]), (rlim_t)number_of(words[2])};
    if (TOLD("prlimit64", setrlimit((int)number_of(words[0]), &limit)) < 0) step_failed(step->index, "setrlimit", NULL);
  }
}

void limit_open_files(uint64_t most) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) start_failed("getrlimit");
  limit.rlim_cur = most < limit.rlim_max ? (rlim_t)most : limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) start_failed("setrlimit");
}

static bool is_given(const struct step *step, int word) { return strcmp(step->words.at[word], "-") != 0; }

static int read_sets(struct sets *sets) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) return -1;
  sets->effective = data[0].effective | (uint64_t)data[1].effective << 32;
  sets->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  sets->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
  return 0;
}

static int write_sets(const struct sets *sets) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)sets->effective, (uint32_t)sets->permitted, (uint32_t)sets->inheritable},
      {(uint32_t)(sets->effective >> 32), (uint32_t)(sets->permitted >> 32), (uint32_t)(sets->inheritable >> 32)},
  };
  return (int)syscall(SYS_capset, &header, data);
}

static void set_groups(const struct step *step) {
  const char *text = step->words.at[GROUPS];
  gid_t *groups = calloc(strlen(text) / 2 + 1, sizeof *groups);
  size_t count = 0;
  if (!groups) step_failed(step->index, "setgroups", NULL);
  for (char *end = (char *)text; *end; end += *end == ',') {
    groups[count++] = (gid_t)strtoull(end, &end, 10);
    if (count > MOST_GROUPS) break;
  }
  if (TOLD("setgroups", setgroups(count, groups)) < 0) step_failed(step->index, "setgroups", NULL);
  free(groups);
}

/* Of those that the kernel has: PR_CAPBSET_READ says EINVAL behind the last. */
static void limit_bounding(const struct step *step, uint64_t kept) {
  for (unsigned long bit = 0; bit < 64; bit++) {
    int has = prctl(PR_CAPBSET_READ, bit);
    if (has < 0) break;
    if (has && !(kept >> bit & 1) && TOLD("prctl", prctl(PR_CAPBSET_DROP, bit)) < 0)
      step_failed(step->index, "the bounding set", NULL);
  }
}

static void switch_ids(const struct step *step) {
  uid_t uid = (uid_t)number_of(step->words.at[USER]);
  gid_t gid = (gid_t)number_of(step->words.at[GROUP]);
  if (TOLD("setresgid", setresgid(gid, gid, gid)) < 0 || TOLD("setresuid", setresuid(uid, uid, uid)) < 0)
    step_failed(step->index, "its user and group", NULL);
}

/* capabilities(7): root gets its bounding set at execve(2) anyway, and another user keeps what is ambient. */
static void set_capabilities(const struct step *step, uint64_t bounding, uint64_t inheritable, uint64_t ambient) {
  struct sets now;
  if (read_sets(&now) < 0) step_failed(step->index, "capget", NULL);
  bool is_root = geteuid() == 0;
  struct sets wanted = {.inheritable = inheritable};
  wanted.permitted = now.permitted & (is_root ? bounding : inheritable | ambient);
  wanted.effective = is_root ? wanted.permitted : wanted.permitted & ambient;
  if (TOLD("capset", write_sets(&wanted)) < 0) step_failed(step->index, "capset", NULL);
  for (unsigned long bit = 0; bit < 64; bit++)
    if (ambient >> bit & 1 && TOLD("prctl", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0)) < 0 && errno != EPERM)
      step_failed(step->index, "the ambient set", NULL);
}

bool filters_early(const struct plan *plan, const struct step *privileges) {
  return plan->has_filter && strcmp(privileges->words.at[NO_NEW_PRIVILEGES], "0") == 0;
}

void give_stdio(const struct step *privileges) {
  if (is_given(privileges, USER)) own_stdio((uid_t)number_of(privileges->words.at[USER]), (gid_t)-1);
}

void drop_privileges(const struct plan *plan, const struct step *step) {
  bool limits = is_given(step, BOUNDING);
  uint64_t bounding = limits ? mask_of(step->words.at[BOUNDING]) : UINT64_MAX;
  uint64_t inheritable = is_given(step, INHERITABLE) ? mask_of(step->words.at[INHERITABLE]) : 0;
  uint64_t ambient = is_given(step, AMBIENT) ? mask_of(step->words.at[AMBIENT]) : 0;
  if (filters_early(plan, step) && load_filter(plan) < 0) step_failed(step->index, "seccomp", NULL);
  if (is_given(step, GROUPS)) set_groups(step);
  if (limits) limit_bounding(step, bounding);
  if (limits && TOLD("prctl", prctl(PR_SET_KEEPCAPS, 1)) < 0) step_failed(step->index, "PR_SET_KEEPCAPS", NULL);
  if (is_given(step, USER)) switch_ids(step);
  if (limits) set_capabilities(step, bounding, inheritable, ambient);
  if (limits && TOLD("prctl", prctl(PR_SET_KEEPCAPS, 0)) < 0) step_failed(step->index, "PR_SET_KEEPCAPS", NULL);
  if (strcmp(step->words.at[NO_NEW_PRIVILEGES], "1") == 0 &&
      TOLD("prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) < 0)
    step_failed(step->index, "PR_SET_NO_NEW_PRIVS", NULL);
  note_call("prctl");
  die_with_parent();
  answered(0);
}

int load_filter(const struct plan *plan) {
  static struct sock_filter instructions[MOST_INSTRUCTIONS];
  struct sock_fprog program = {(unsigned short)read_filter(plan->filter, instructions), instructions};
  return (int)TOLD("seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, plan->filter_flags, &program));
}
