/* The root as an overlay: the rootfs below, and a scratch layer that takes what is changed. */
#pragma once

#include "plan.h"

/*
 * Keeps others off the plan's layer, where it has one, for as long as this process lives: two overlays on one layer
 * are undefined. Ends the start where somebody else has it.
 */
void hold_layer(const struct plan *plan);

/*
 * Makes the overlay of the plan's layer over ROOTFS, mounted nowhere yet. Returns its descriptor. Ends the start where
 * that fails.
 */
int mount_layer(const struct plan *plan, int rootfs);
