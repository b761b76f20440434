/* File capabilities of a rootfs: terrarium-init capabilities. */
#pragma once

#include <stdnoreturn.h>

noreturn void tell_capabilities(void);
