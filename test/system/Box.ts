/** A PID namespace whose PID 1 is a shell that does what it is told, and a process reader of it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { TerrariumError } from '../../src/core/errors';
import { ProcfsReader } from '../../src/helper/processes/ProcfsReader';
import type { ProcessInfo } from '../../src/protocol/processes';

export const isRoot = process.getuid!() === 0;
/** nobody: stands for the person where the tests run as root. */
const person = 65534;

/** PID 1 is a shell that runs each line of its standard input and then says how it went. */
const pid1 = 'echo ready; while read -r line; do eval "$line"; echo "done $?"; done';

export class Box {
  private constructor(
    readonly hostPid: number,
    readonly reader: ProcfsReader,
    private readonly unshare: ChildProcess,
    private readonly answers: AsyncIterator<string>,
  ) {}

  /** @param user true for a user namespace, made by an ordinary user */
  static async start(user: boolean): Promise<Box> {
    const unshare = spawn(
      'unshare',
      [
        ...(user ? ['--user', '--map-root-user'] : []),
        ...['--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', pid1],
      ],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        cwd: '/',
        ...(user && isRoot ? { uid: person, gid: person } : {}),
      },
    );
    const answers = createInterface(unshare.stdout)[Symbol.asyncIterator]();
    const first = await answers.next();
    if (first.value !== 'ready') throw new Error('unshare made no container');
    const children = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, 'utf8');
    const hostPid = Number(children.trim());
    const descriptor = openSync(
      `/proc/${hostPid}/root/proc`,
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
    );
    const reader = new ProcfsReader({ procfs: descriptor, hostPid });
    closeSync(descriptor); // the reader has its own
    return new Box(hostPid, reader, unshare, answers);
  }

  /** Runs one line of shell as PID 1; the lines that it printed. */
  async run(line: string): Promise<string[]> {
    this.unshare.stdin!.write(`${line}\n`);
    const lines: string[] = [];
    for (;;) {
      const answer = await this.answers.next();
      if (answer.done) throw new Error(`PID 1 ended at: ${line}`);
      if (answer.value === 'done 0') return lines;
      if (/^done \d+$/.test(answer.value)) throw new Error(`${answer.value}: ${line}`);
      lines.push(answer.value);
    }
  }

  /** Reads until `accept` is content with what is there. */
  async until(accept: (processes: ProcessInfo[]) => boolean): Promise<ProcessInfo[]> {
    for (let attempt = 0; ; attempt++) {
      const processes = this.reader.read();
      if (accept(processes)) return processes;
      if (attempt === 100) assert.fail(`still: ${JSON.stringify(processes, null, 1)}`);
      await sleep(30);
    }
  }

  /** The process with this command line, once it is there. */
  async find(commandLine: string): Promise<ProcessInfo> {
    const is = (one: ProcessInfo) => one.commandLine === commandLine;
    return (await this.until((processes) => processes.some(is))).find(is)!;
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.unshare.once('close', resolve));
    this.unshare.kill('SIGKILL');
    await ended;
  }

  async end(): Promise<void> {
    if (this.unshare.exitCode === null && this.unshare.signalCode === null) await this.kill();
    this.reader.close();
  }
}

/** For `assert.rejects`. */
export const code = (expected: string) => (error: unknown) =>
  error instanceof TerrariumError && error.code === expected;
