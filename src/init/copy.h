/* What a folder holds, copied into another one (the mount option tmpcopyup). */
#pragma once

#include <stdbool.h>

/*
 * Files, folders, links and nodes with owners, modes and times, through descriptors alone: a rootfs that changes
 * meanwhile leads nowhere else. KEEPS_TOP: the folder TO keeps its own owner and mode. Returns 0, or -1 with errno.
 */
int copy_folder(int from, int to, bool keeps_top);
