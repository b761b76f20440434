/* Extended attributes of files of a rootfs: terrarium-init capabilities, terrarium-init attributes. */
#pragma once

#include <stdbool.h>
#include <stdnoreturn.h>

/* Of the paths on standard input: their file capabilities, or else whether they have any attribute. */
noreturn void tell_attributes(bool capabilities);
