/**
 * Whether a signal can do anything to a process, as far as the kernel tells. Asked right before one is
 * sent: kill(2) succeeds for a zombie too, and for a PID 1 that drops the signal.
 */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { parseStat } from '../../core/procfs/parseStat';
import { parseIdentity, signalSets } from '../../core/procfs/parseStatus';
import type { Unheard } from '../../protocol/messages';
import { numbersIn } from './HostPids';
import { ifTold } from './ProcFiles';

const { SIGKILL, SIGSTOP, SIGCONT, SIGCHLD, SIGURG, SIGWINCH } = constants.signals;

/** signal(7): without a handler these do nothing. */
const ignoredByDefault: ReadonlySet<number> = new Set([SIGCHLD, SIGURG, SIGWINCH]);

/** Threads that are looked at; of a process with more it is not known. */
const maxThreads = 64;

/** Numbers of rt_sigtimedwait(2): asm/unistd_64.h, asm-generic/unistd.h. */
const sigtimedwait: Readonly<Record<string, string>> = { x64: '128', arm64: '137' };

/** @returns why it does nothing (yet); undefined where it may do something, and where nothing is known */
export function unheardBy(hostPid: number, signal: number): Unheard | undefined {
  const main = read(`/proc/${hostPid}/stat`);
  const threads = threadsOf(hostPid);
  if (!main || threads.length === 0) return undefined; // kill(2) says what is the matter
  if (threads.every(({ state }) => state === 'Z' || state === 'X')) return 'ended';
  if (signal === SIGKILL || signal === SIGSTOP || signal === SIGCONT) return undefined;
  if (threads.length > maxThreads) return undefined;
  const isTaken = threads.some(
    ({ folder, sets: { blocked, caught } }) =>
      has(caught, signal) || has(blocked, signal) || waitsForSignals(folder),
  );
  if (!isTaken) {
    const { sets, nsPids } = threads[0]!;
    if (has(sets.ignored, signal) || ignoredByDefault.has(signal)) return 'ignored';
    // pid_namespaces(7): a signal without a handler is not delivered to the PID 1 of a namespace.
    if (nsPids.at(-1) === 1) return 'init';
  }
  return parseStat(main).state === 'T' ? 'stopped' : undefined;
}

/** Whether all of it has ended and only its exit status is left. */
export function isZombie(hostPid: number): boolean {
  return unheardBy(hostPid, SIGKILL) === 'ended';
}

interface Thread {
  readonly folder: string;
  readonly state: string;
  readonly nsPids: readonly number[];
  readonly sets: ReturnType<typeof signalSets>;
}

function threadsOf(hostPid: number): Thread[] {
  const numbers = ifTold(() => numbersIn(`/proc/${hostPid}/task`)) ?? [];
  return numbers.slice(0, maxThreads + 1).flatMap((tid) => {
    const folder = `/proc/${hostPid}/task/${tid}`;
    const [stat, status] = [read(`${folder}/stat`), read(`${folder}/status`)];
    if (!stat || !status) return [];
    const { nsPids } = parseIdentity(status);
    return [{ folder, state: parseStat(stat).state, nsPids, sets: signalSets(status) }];
  });
}

/**
 * While a thread waits in sigtimedwait(2), as BusyBox's init and tini do, `SigBlk` lacks what it waits
 * for. Where its system call is not told it may be that one.
 */
function waitsForSignals(folder: string): boolean {
  const call = read(`${folder}/syscall`)?.toString('latin1').split(' ')[0]?.trim();
  return call === undefined || call === '' || call === sigtimedwait[process.arch];
}

function has(set: bigint, signal: number): boolean {
  return ((set >> BigInt(signal - 1)) & 1n) === 1n;
}

function read(file: string): Buffer | undefined {
  return ifTold(() => readFileSync(file));
}
