/**
 * The size of libuv's thread pool. The default is four, and a container's processes can block some of them:
 * six of BoundedReads.ts, and eight of withContainerFsTimeout.ts. Called by helper.ts before any file is read.
 */
const threads = 20;

/**
 * @param command the first word of the command line; `run` has no sessions, and two reads of BoundedReads.ts at most; an
 *   import or export reads of no container
 */
export function makeThreads(command: string | undefined, env = process.env): void {
  if (!['run', 'import', 'export'].includes(command ?? ''))
    env.UV_THREADPOOL_SIZE ??= String(threads);
}
