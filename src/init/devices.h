/* Which devices a cgroup may use. */
#pragma once

#include "plan.h"

/* A program of BPF at the cgroup, which the kernel asks at each open(2) and mknod(2) of a device (bpf(2)). */
void filter_devices(const struct step *step);
