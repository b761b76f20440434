/**
 * How many threads read files for the helper. Four are usual (uv_threadpool in libuv's documentation), and
 * processes of containers may keep some of them waiting: two by BoundedReads.ts, and some by withContainerFsTimeout.ts.
 * Called by helper.ts before anything is read.
 */
const threads = 16;

export function makeThreads(env = process.env): void {
  env.UV_THREADPOOL_SIZE ??= String(threads);
}
