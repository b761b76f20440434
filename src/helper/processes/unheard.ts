/**
 * Whether a signal can have an effect on a process, by its /proc files. Called right before kill(2), which
 * succeeds for a zombie too, and for a PID 1 that drops the signal.
 */
import { readFile, readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { type ProcessStat, hasEnded, parseStat } from '../../core/procfs/parseStat';
import { parseIdentity, signalSets } from '../../core/procfs/parseStatus';
import type { Unheard } from '../../protocol/messages';
import { isUntold } from './ProcFiles';

const { SIGKILL, SIGSTOP, SIGCONT, SIGCHLD, SIGURG, SIGWINCH } = constants.signals;

/** signal(7): without a handler these do nothing. */
const ignoredByDefault: ReadonlySet<number> = new Set([SIGCHLD, SIGURG, SIGWINCH]);

/** Threads that are looked at; of a process with more it is not known. */
const maxThreads = 64;

/** Numbers of rt_sigtimedwait(2): asm/unistd_64.h, asm-generic/unistd.h. */
const sigtimedwait: Readonly<Record<string, string>> = { x64: '128', arm64: '137' };

/** How files of a process are read: by the main thread (BoundedReads.ts) or in the reader's own. */
export interface ProcessFiles {
  /** @param path below /proc; undefined as `ifTold` says, and for what is not to be read */
  read(path: string): Promise<Buffer | undefined>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[] | undefined>;
}

const ofMainThread: ProcessFiles = {
  read: (path) => told(readFile(`/proc/${path}`)),
  list: (path) => told(readdir(`/proc/${path}`)),
};

async function told<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (isUntold(error)) return undefined;
    throw error;
  });
}

/**
 * The process can block this (BoundedReads.ts).
 * @returns why the signal does nothing (yet); undefined where it may have an effect, or that is not known
 */
export async function unheardBy(
  hostPid: number,
  signal: number,
  files: ProcessFiles = ofMainThread,
): Promise<Unheard | undefined> {
  const main = await stateOf(files, `${hostPid}`);
  const threads = await threadsOf(files, hostPid);
  if (main === undefined || threads.length === 0) return undefined; // kill(2) says what is the matter
  if (threads.every(({ state }) => hasEnded(state))) return 'ended';
  if (signal === SIGKILL || signal === SIGSTOP || signal === SIGCONT) return undefined;
  if (threads.length > maxThreads) return undefined;
  for (const { folder, sets } of threads) {
    const isTaken = has(sets.caught, signal) || has(sets.blocked, signal);
    // Where /proc does not tell: a process that ignores a signal does not wait for it.
    const waits = isTaken || (await waitsForSignals(files, folder));
    if (waits ?? !has(sets.ignored, signal)) return main === 'T' ? 'stopped' : undefined;
  }
  const { sets, nsPids } = threads[0]!;
  if (has(sets.ignored, signal) || ignoredByDefault.has(signal)) return 'ignored';
  // pid_namespaces(7): a signal without a handler is not delivered to the PID 1 of a namespace.
  if (nsPids.at(-1) === 1) return 'init';
  return main === 'T' ? 'stopped' : undefined;
}

interface Thread {
  readonly folder: string;
  readonly state: ProcessStat['state'];
  readonly nsPids: readonly number[];
  readonly sets: ReturnType<typeof signalSets>;
}

async function threadsOf(files: ProcessFiles, hostPid: number): Promise<Thread[]> {
  const names = (await files.list(`${hostPid}/task`)) ?? [];
  const threads: Thread[] = [];
  for (const tid of names.slice(0, maxThreads + 1)) {
    const folder = `${hostPid}/task/${tid}`;
    const state = await stateOf(files, folder);
    const status = await files.read(`${folder}/status`);
    if (state === undefined || !status) continue;
    const { nsPids } = parseIdentity(status);
    threads.push({ folder, state, nsPids, sets: signalSets(status) });
  }
  return threads;
}

async function stateOf(
  files: ProcessFiles,
  folder: string,
): Promise<ProcessStat['state'] | undefined> {
  const stat = await files.read(`${folder}/stat`);
  return stat && parseStat(stat).state;
}

/**
 * While a thread waits in sigtimedwait(2), as BusyBox's init and tini do, `SigBlk` lacks what it waits
 * for.
 * @returns undefined where its system call is not told: to a rootless helper, whose file that is not
 *   where root inside is the first of its person's subordinate ids
 */
async function waitsForSignals(files: ProcessFiles, folder: string): Promise<boolean | undefined> {
  const text = await files.read(`${folder}/syscall`);
  const call = text?.toString('latin1').split(' ')[0]?.trim();
  return call === undefined || call === '' ? undefined : call === sigtimedwait[process.arch];
}

function has(set: bigint, signal: number): boolean {
  return ((set >> BigInt(signal - 1)) & 1n) === 1n;
}
