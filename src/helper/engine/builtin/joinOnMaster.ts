/**
 * The process that brings a further shell into a container, on a terminal whose other end this process has (src/init/join.c):
 * forked by the spawner, which takes it no time, or spawned. Called by programSession.ts.
 */
import { spawn } from 'node:child_process';
import { parseSignal } from '../../../core/config/stopSignal';
import { hostEnvironment } from '../../host/hostTools';
import { initProgram } from '../../host/initProgram';
import type { SessionExit, SessionProcess } from '../shared/Engine';
import { exitOfProgram } from '../shared/exitOfProgram';
import type { StartProcess } from '../shared/StartProcess';
import { takeSpareProgram } from './spareProgram';
import { deferred } from './started';

/** Whether a process that is none of ours may take a descriptor of this one: Yama may allow that to root alone. */
let mayTake = true;

/** In characters. Root inside without a user namespace may get hold of that pipe (ptrace(2)), which bounds what it can do. */
const longestLine = 64;

/**
 * @param words those of terrarium-init's `join`, from PID on
 * @param variables of its program
 */
export async function joinOnMaster(
  words: readonly string[],
  variables: readonly string[],
  master: number,
): Promise<SessionProcess> {
  const asked = [String(process.pid), String(master), String(variables.length), ...variables];
  return (
    (mayTake && (await forked(['join', ...asked, ...words]))) || spawned(words, variables, master)
  );
}

/** @returns undefined where that cannot be, before anything was done */
async function forked(words: readonly string[]): Promise<SessionProcess | undefined> {
  // A word of the plan ends at its first NUL; what spawns it says so.
  if (words.some((word) => word.includes('\0'))) return undefined;
  const program = takeSpareProgram()?.carryOut(
    Buffer.from(words.map((word) => `${word}\0`).join('')),
  );
  return program && joining(program);
}

function joining({ printed, reports, words }: StartProcess): Promise<SessionProcess | undefined> {
  const [begun, ended] = [deferred<SessionProcess | undefined>(), deferred<SessionExit>()];
  let end: SessionExit = { code: 125, signal: null }; // it has said why, on the terminal
  const line = (word: string, value: number) => {
    if (word === 'refused') mayTake = false;
    else if (word === 'pid') begun.resolve({ pid: value, ended: ended.promise });
    else if (word === 'joined') end = { code: null, signal: 'SIGKILL' };
    else if (word === 'exit') end = { code: value, signal: null };
    else if (word === 'signal') end = exitBySignal(value);
    else return;
    if (word === 'exit' || word === 'signal') over();
  };
  const over = () => {
    begun.resolve(undefined);
    ended.resolve(end);
    words.destroy(); // which ends it
  };
  let rest = '';
  printed.resume(); // its messages are on the terminal
  reports.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!.slice(-longestLine);
    for (const [, word, value] of lines.map((one) => /^(\w+) (\d{1,10})$/.exec(one) ?? []))
      if (word !== undefined) line(word, Number(value));
  });
  reports.once('close', over);
  return begun.promise;
}

/** As a shell has it, where Node has no name for the signal: a real-time one. */
function exitBySignal(number: number): SessionExit {
  const signal = parseSignal(String(number));
  return typeof signal === 'string' ? { code: null, signal } : { code: 128 + number, signal: null };
}

/** Node can give a descriptor to a child of its own. */
function spawned(
  words: readonly string[],
  variables: readonly string[],
  master: number,
): SessionProcess {
  const child = spawn(initProgram(), ['shell', ...words], {
    cwd: '/',
    env: { ...hostEnvironment, ...numbered(variables) },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', master],
  });
  return { pid: child.pid, ended: exitOfProgram(child) };
}

/** Not as words of a command: those of a process are for everybody to read (proc_pid_cmdline(5)). */
export function numbered(variables: readonly string[]): Record<string, string> {
  return Object.fromEntries(variables.map((one, index) => [`TERRARIUM_${index + 1}`, one]));
}
