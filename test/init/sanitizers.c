// Options of the sanitizers in a terrarium-init that npm run sanitize builds: the helper hands it no environment.
const char *__asan_default_options(void);

// It executes others and never gives everything back; what it has from the kernel's address space is for tests to limit.
const char *__asan_default_options(void) { return "detect_leaks=0:exitcode=86:allocator_may_return_null=1"; }
