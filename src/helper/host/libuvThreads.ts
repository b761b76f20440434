/**
 * The size of libuv's thread pool. The default is four, and a container's processes can block some of them:
 * six of BoundedReads.ts, and eight of withContainerFsTimeout.ts. Called by helper.ts before any file is read.
 */
const threads = 20;

export function makeThreads(env = process.env): void {
  env.UV_THREADPOOL_SIZE ??= String(threads);
}
