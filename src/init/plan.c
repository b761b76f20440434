/* The plan reader. Every word is checked here, so that what carries a step out can rely on it. */
#include "plan.h"

#include "shapes.h"

#include <stdlib.h>
#include <string.h>

/* The words of each kind, as has_shape takes them. */
static const struct {
  const char *name;
  enum kind kind;
  const char *shape;
} kinds[] = {
    {"write", WRITE, "pw"},
    {"register", REGISTER, "nw"},
    {"mkdir", MAKE_FOLDER, "p"},
    {"deviceFilter", FILTER_DEVICES, "piF"},
    {"mount", MOUNT, "wwn:w"},
    {"bind", BIND, "bbbmmwn:w"},
    {"bindEach", BIND_EACH, "p:n"},
    {"remount", REMOUNT, "n:w"},
    {"propagation", PROPAGATION, "n:w"},
    {"createFiles", CREATE_FILES, ":n"},
    {"createFolder", CREATE_FOLDER, ""},
    {"symlinks", SYMLINKS, ":wn"},
    {"mknod", MAKE_NODE, "ntiii"},
    {"chown", CHANGE_OWNER, "nii"},
    {"hostname", HOST_NAME, "w"},
    {"domainname", DOMAIN_NAME, "w"},
    {"loopback", LOOPBACK, ""},
    {"rlimits", LIMITS, ":idd"},
    {"scheduler", SCHEDULER, "IisIddd"},
    {"ioPriority", IO_PRIORITY, "i"},
    {"personality", PERSONALITY, "i"},
    {"privileges", PRIVILEGES, "MMMIIgb"},
};

struct reader {
  char *next, *end;
  const char *problem;
};

static const char *fail(struct reader *reader, const char *problem) {
  if (!reader->problem) reader->problem = problem;
  reader->next = reader->end;
  return "";
}

/* Never null: after the end each word is empty, and the problem says so. */
static const char *word(struct reader *reader) {
  char *start = reader->next;
  if (start == reader->end) return fail(reader, "it ends too early");
  reader->next = start + strlen(start) + 1; /* the last byte is a NUL */
  return start;
}

static uint64_t number(struct reader *reader, uint64_t most) {
  const char *text = word(reader);
  if (is_number(text, most)) return number_of(text);
  fail(reader, "a number is none, or too large");
  return 0;
}

static uint32_t id(struct reader *reader) { return (uint32_t)number(reader, UINT32_MAX - 1); }

static int step_number(struct reader *reader) { return (int)number(reader, 1000 * 1000); }

static const char *absolute(struct reader *reader) {
  const char *path = word(reader);
  return path[0] == '/' ? path : fail(reader, "a path is not absolute");
}

/* Room for COUNT elements: each takes two bytes of the plan at least, so no more can be asked for than is there. */
static void *room(struct reader *reader, uint64_t count, size_t size) {
  void *made = NULL;
  if (count > (uint64_t)(reader->end - reader->next)) fail(reader, "it has fewer words than it says");
  else if (!(made = calloc(count + 1, size))) fail(reader, "there is no memory for it");
  return made;
}

static struct words list(struct reader *reader) {
  uint64_t count = number(reader, MAX_PLAN);
  struct words words = {room(reader, count, sizeof(char *)), 0};
  if (!words.at) return words;
  while (words.count < count) words.at[words.count++] = word(reader);
  return words;
}

static void read_joins(struct reader *reader, struct plan *plan) {
  uint64_t count = number(reader, 16);
  plan->joins = room(reader, count, sizeof *plan->joins);
  if (!plan->joins) return;
  for (; plan->join_count < count; plan->join_count++) {
    struct joined *joined = &plan->joins[plan->join_count];
    joined->type = (int)number(reader, INT32_MAX);
    joined->path = absolute(reader);
  }
}

/* SIGN SECONDS NANOSECONDS; a sign of 1 is a minus. */
static struct offset read_offset(struct reader *reader) {
  struct offset offset = {.is_negative = number(reader, 1) == 1};
  offset.seconds = number(reader, INT64_MAX);
  offset.nanoseconds = number(reader, 999999999);
  return offset;
}

static void read_map(struct reader *reader, struct id_map *map, bool by_tool) {
  map->index = step_number(reader);
  if (!by_tool) map->text = word(reader);
  else {
    map->tool = absolute(reader);
    map->words = list(reader);
  }
}

static const char *const setting_names[] = {
    "rootfs",  "namespaces", "join",    "person", "uidmap",  "gidmap", "uidtool",   "gidtool", "selfmap",     "cgroup",
    "terminal", "unshare",   "session", "become", "pivot",   "umask",    "openfiles", "cwd",
    "environment", "arguments", "tty", "timeoffsets", "follows", "stepwise", "layer", "seccomp",
};

/* Where NAME stands in the list; after its end for none. */
static unsigned int setting_number(const char *name) {
  unsigned int count = sizeof setting_names / sizeof *setting_names, at = 0;
  while (at < count && strcmp(setting_names[at], name) != 0) at++;
  return at;
}

static void read_setting(struct reader *reader, struct plan *plan, const char *name) {
  bool is = true;
#define IS(wanted) (strcmp(name, wanted) == 0)
  if (IS("rootfs")) plan->rootfs = absolute(reader);
  else if (IS("namespaces")) plan->namespaces = number(reader, UINT32_MAX);
  else if (IS("join")) read_joins(reader, plan);
  else if (IS("person")) plan->has_person = true, plan->person_uid = id(reader), plan->person_gid = id(reader);
  else if (IS("uidmap")) read_map(reader, &plan->uid_map, false);
  else if (IS("gidmap")) read_map(reader, &plan->gid_map, false);
  else if (IS("uidtool")) read_map(reader, &plan->uid_map, true);
  else if (IS("gidtool")) read_map(reader, &plan->gid_map, true);
  else if (IS("selfmap")) plan->maps_itself = true, plan->own_uid = id(reader), plan->own_gid = id(reader);
  else if (IS("cgroup")) plan->cgroup = absolute(reader), plan->begins_in_cgroup = number(reader, 1) == 1;
  else if (IS("terminal")) plan->takes_terminal = number(reader, 1) == 1;
  else if (IS("layer")) plan->layer = absolute(reader), plan->layer_step = step_number(reader), plan->layer_label = word(reader);
  else if (IS("unshare")) plan->unshare_step = step_number(reader);
  else if (IS("session")) plan->session_step = step_number(reader);
  else if (IS("become")) plan->become_step = step_number(reader);
  else if (IS("pivot")) plan->pivot_step = step_number(reader);
  else if (IS("stepwise")) {
    plan->is_stepwise = true;
    plan->rootfs_step = step_number(reader);
    plan->old_root_step = step_number(reader);
  } else if (IS("umask")) plan->has_umask = true, plan->umask = (uint32_t)number(reader, 0777);
  else if (IS("openfiles")) plan->has_open_files = true, plan->open_files = number(reader, UINT64_MAX);
  else if (IS("cwd")) plan->cwd = absolute(reader);
  else if (IS("environment")) plan->environment = list(reader);
  else if (IS("arguments")) plan->arguments = list(reader);
  else if (IS("tty")) plan->tty = absolute(reader);
  else if (IS("timeoffsets")) {
    plan->has_offsets = true;
    for (int i = 0; i < 2; i++) plan->offsets[i] = read_offset(reader);
  } else if (IS("follows")) plan->follows = (enum follows)number(reader, ROOT);
  else is = false;
  if (!is) { /* seccomp: the last of the names */
    plan->has_filter = true;
    plan->filter_flags = (uint32_t)number(reader, UINT32_MAX);
    plan->filter = word(reader);
    if (!is_filter(plan->filter)) fail(reader, "its filter is no list of instructions");
  }
#undef IS
}

/* Returns the place of NAME among NAMES. */
static int one_of(struct reader *reader, const char *const names[], int count, const char *problem) {
  const char *name = word(reader);
  for (int i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0) return i;
  fail(reader, problem);
  return 0;
}

static void read_step(struct reader *reader, struct step *step) {
  static const char *const phases[] = {"before", "inside", "drop"};
  static const char *const guards[] = {"", "directory", "file", "plain"};
  step->index = (unsigned int)step_number(reader);
  step->phase = (enum phase)one_of(reader, phases, 3, "a step has no such phase");
  step->guard = (enum guard)one_of(reader, guards, 4, "a step has no such guard");
  step->cwd = word(reader);
  const char *kind = word(reader);
  step->words = list(reader);
  if (reader->problem) return;
  if (step->cwd[0] != '\0' && step->cwd[0] != '/') fail(reader, "a step's folder is not absolute");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, kind) != 0) continue;
    step->kind = kinds[i].kind;
    if (!has_shape(kinds[i].shape, step->words)) fail(reader, "a step has other words than its kind takes");
    if (step->guard != NO_GUARD && step->kind != MOUNT && step->kind != BIND && step->kind != REMOUNT)
      fail(reader, "a step that mounts nothing has a guard");
    return;
  }
  fail(reader, "there is no such kind of step");
}

static void read_steps(struct reader *reader, struct plan *plan) {
  size_t capacity = 0;
  for (const char *next; !reader->problem && strcmp(next = word(reader), "end") != 0;) {
    if (strcmp(next, "step") != 0) {
      fail(reader, "a step or the end is missing");
      return;
    }
    if (plan->step_count == capacity) {
      capacity = capacity ? capacity * 2 : 64;
      struct step *larger = realloc(plan->steps, capacity * sizeof *larger);
      if (!larger) {
        fail(reader, "there is no memory for it");
        return;
      }
      plan->steps = larger;
    }
    struct step *step = &plan->steps[plan->step_count++];
    memset(step, 0, sizeof *step);
    read_step(reader, step);
  }
}

const char *read_plan(char *buffer, size_t size, struct plan *plan) {
  struct reader reader = {buffer, buffer + size, NULL};
  memset(plan, 0, sizeof *plan);
  plan->unshare_step = plan->session_step = plan->become_step = plan->pivot_step = NO_STEP;
  plan->rootfs_step = plan->old_root_step = NO_STEP;
  if (size == 0 || size > MAX_PLAN || buffer[size - 1] != '\0') return "it is empty, cut off or too long";
  if (strcmp(word(&reader), "terrarium-init") != 0 || strcmp(word(&reader), "1") != 0)
    return "it is none, or one of another version";
  uint32_t seen = 0;
  for (const char *name; !reader.problem && strcmp(name = word(&reader), "steps") != 0;) {
    unsigned int number = setting_number(name);
    if (number == sizeof setting_names / sizeof *setting_names) return "there is no such setting";
    if (seen & (1u << number)) return "a setting stands there twice";
    seen |= 1u << number;
    read_setting(&reader, plan, name);
  }
  if (!reader.problem) read_steps(&reader, plan);
  if (reader.problem) return reader.problem;
  if (reader.next != reader.end) return "something follows its end";
  if (!plan->rootfs || !plan->cwd || !plan->environment.at || !plan->arguments.count)
    return "it lacks rootfs, cwd, environment or arguments";
  return NULL;
}

const char *place_word(const struct step *step) {
  return step->words.at[step->kind == MOUNT ? 2 : step->kind == BIND ? BIND_NAME : 0];
}

void free_plan(struct plan *plan) {
  for (size_t i = 0; i < plan->step_count; i++) free(plan->steps[i].words.at);
  free(plan->steps);
  free(plan->joins);
  free(plan->uid_map.words.at);
  free(plan->gid_map.words.at);
  free(plan->environment.at);
  free(plan->arguments.at);
}
