/* Which devices a cgroup may use. */
#include "devices.h"

#include "report.h"
#include "shapes.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Words of a step of a device filter. */
enum { CGROUP_FOLDER, ATTACH_FLAGS, FILTER };

static int call_bpf(enum bpf_cmd command, union bpf_attr *attributes) {
  return (int)TOLD("bpf", syscall(SYS_bpf, command, attributes, sizeof *attributes));
}

static int load(const char *filter) {
  static struct bpf_insn instructions[MOST_INSTRUCTIONS];
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insn_cnt = (uint32_t)read_filter(filter, instructions);
  attributes.insns = (uint64_t)(uintptr_t)instructions;
  attributes.license = (uint64_t)(uintptr_t)"Dual MIT/GPL";
  strcpy(attributes.prog_name, "terrarium");
  return call_bpf(BPF_PROG_LOAD, &attributes);
}

void filter_devices(const struct step *step) {
  const char *folder = step->words.at[CGROUP_FOLDER];
  int cgroup = (int)TOLD("openat", open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (cgroup < 0) step_failed(step->index, folder, NULL);
  int program = load(step->words.at[FILTER]);
  if (program < 0) step_failed(step->index, "the filter of devices", NULL);
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.target_fd = (uint32_t)cgroup;
  attributes.attach_bpf_fd = (uint32_t)program;
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = (uint32_t)number_of(step->words.at[ATTACH_FLAGS]);
  if (call_bpf(BPF_PROG_ATTACH, &attributes) < 0) step_failed(step->index, "the filter of devices", folder);
  close(program);
  close(cgroup);
}
