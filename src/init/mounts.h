/* Mounts: made without a place (open_tree(2), fsmount(2)), told their options, and moved to a descriptor. */
#pragma once

#include "plan.h"

/*
 * Makes the mounts of this namespace private, or slaves of the machine's where the plan follows those, and the rootfs a
 * mount of its own there. Returns its descriptor, below which everything else is found. Ends the start where that fails.
 */
int mount_root(const struct plan *plan);

/* Each carries one step out below ROOT; they end the start where it fails, with the step's number. */
void mount_filesystem(int root, const struct step *step);
void mount_bind(int root, const struct plan *plan, const struct step *step);
void mount_each(int root, const struct plan *plan, const struct step *step);
void change_mount(int root, const struct step *step);
void change_propagation(int root, const struct step *step);

/* pivot_root(2) to ROOT, and the old root away with all below it. */
void switch_root(int root, const struct plan *plan);
