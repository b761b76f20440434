/** What tells a thread from the program. To load it takes some milliseconds, which `run` does without (helper.ts). */
export { isMainThread, workerData } from 'node:worker_threads';
