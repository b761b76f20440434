/** What the system tests share: bundles, the helper run with each privilege, and the host as it was. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Context } from 'mocha';
import { findBusybox } from '../../src/core/bundle/busybox';
import { scaffold } from '../../src/core/bundle/scaffold';
import type { OciConfig } from '../../src/core/config/schema';
import { startingPoints } from '../../src/core/config/templates';
import { parseStat } from '../../src/core/procfs/parseStat';
import { containerId } from '../../src/helper/cgroup/containerId';
import { temporaryUser } from '../host/index.mjs';
import { skipBecause } from '../skip';
import {
  commandLineOf,
  isOfTheseTests,
  killIfThere,
  mountsOf,
  processesWith,
  workplacePrefix,
} from './machineProcesses';

export { commandLineOf, processesWith } from './machineProcesses';

export type TestPrivilege = 'root' | 'sudo' | 'rootless';
export const privileges: readonly TestPrivilege[] = ['root', 'sudo', 'rootless'];

type TestUser = Awaited<ReturnType<typeof temporaryUser>>;

/** Of the suites of this process: users, and the ids of their containers. */
const ownUsers = new Set<number>();
const ownIds = new Set<string>();

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place for one suite: the helper where everybody may read it, a user with sudo and a password. */
export class Workplace {
  private readonly children = new Set<ChildProcess>();
  /** Put before every command, with root's privilege: where it is to run. */
  prefix: readonly string[] = [];
  /** Put before the helper alone, with the helper's privilege: who starts it. */
  starter: readonly string[] = [];

  private constructor(
    readonly folder: string,
    readonly helper: string,
    readonly user: TestUser,
  ) {}

  static async open(context: Context): Promise<Workplace> {
    if (process.getuid!() !== 0) skipBecause(context, 'making users and namespaces needs root');
    const folder = mkdtempSync(path.join(tmpdir(), workplacePrefix));
    spawnSync('chmod', ['0755', folder]);
    const dist = path.join(folder, 'dist');
    mkdirSync(dist);
    for (const name of [
      'helper.js',
      'helperMain.js',
      'plainRun.js',
      'terminal.js',
      `terrarium-init-${process.arch}`,
    ])
      cpSync(path.join('dist', name), path.join(dist, name));
    cpSync('node_modules/node-pty', path.join(folder, 'node_modules/node-pty'), {
      recursive: true,
      filter: (source) => !/prebuilds\/(win32|darwin)|third_party/.test(source),
    });
    const user = await temporaryUser({ sudo: true });
    ownUsers.add(user.uid);
    return new Workplace(folder, path.join(dist, 'helper.js'), user);
  }

  /** Ends what a failed test has left: its helper, and with that the container. */
  async endChildren(): Promise<void> {
    const left = [...this.children];
    await Promise.all(
      left.map(async (child) => {
        const closed = new Promise((resolve) => child.once('close', resolve));
        // What a failed test has left may hold the other ends, and is looked for afterwards.
        for (const stream of child.stdio) stream?.destroy();
        // Under sudo the child is sudo, which cannot pass SIGKILL on: its helper first.
        for (const pid of processesWith(this.helper)) killIfThere(pid);
        child.kill('SIGKILL');
        await closed;
      }),
    );
  }

  async close(): Promise<void> {
    await this.endChildren();
    await this.user.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A fresh bundle; it belongs to the ordinary user unless root itself runs it. */
  async bundle(
    privilege: TestPrivilege,
    point: 'notes' | 'safe' = 'notes',
    change: (config: OciConfig) => void = () => undefined,
  ): Promise<string> {
    const parent = mkdtempSync(path.join(this.folder, 'b-'));
    chmodSync(parent, 0o755); // who is root inside must get there, whoever that is
    const startingPoint = startingPoints.find(({ id }) => id === point)!;
    const bundle = await scaffold({
      parent,
      name: 'box',
      startingPoint,
      busybox: await findBusybox(),
    });
    ownIds.add(containerId(bundle));
    chmodSync(bundle, 0o755);
    const file = path.join(bundle, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as OciConfig;
    change(config);
    writeFileSync(file, JSON.stringify(config));
    if (privilege !== 'root') this.give(parent);
    return bundle;
  }

  /** A new folder of the one who is to write to it. */
  newFolder(privilege: TestPrivilege): string {
    const folder = mkdtempSync(path.join(this.folder, 'made-'));
    chmodSync(folder, 0o755);
    if (privilege !== 'root') this.give(folder);
    return folder;
  }

  /** Gives a folder with all that is in it to the ordinary user. */
  give(folder: string): void {
    chownSync(folder, this.user.uid, this.user.gid);
    const { status } = spawnSync('chown', [
      '-R',
      '-h',
      `${this.user.uid}:${this.user.gid}`,
      folder,
    ]);
    assert.equal(status, 0);
  }

  /** The words that run the helper with that privilege, and what its standard input must begin with. */
  command(privilege: TestPrivilege, args: readonly string[]): { argv: string[]; input: string } {
    return this.as(privilege, [process.execPath, this.helper, ...args]);
  }

  /** The same for any program. */
  as(privilege: TestPrivilege, program: readonly string[]): { argv: string[]; input: string } {
    const asUser = [
      ...this.prefix,
      'setpriv',
      `--reuid=${this.user.uid}`,
      `--regid=${this.user.gid}`,
      '--init-groups',
      'env',
      `HOME=${this.user.home}`,
    ];
    switch (privilege) {
      case 'root':
        return { argv: [...this.prefix, ...program], input: '' };
      case 'sudo':
        return {
          argv: [...asUser, 'sudo', '-S', '-k', '-p', '', '--', ...program],
          input: `${this.user.password}\n`,
        };
      case 'rootless':
        return { argv: [...asUser, ...program], input: '' };
    }
  }

  start(privilege: TestPrivilege, args: readonly string[]): ChildProcess {
    return this.startProgram(privilege, [
      ...this.starter,
      ...[process.execPath, this.helper, ...args],
    ]);
  }

  /** What `helper.js plan` prints for a bundle, in a file beside it. */
  async exportedScript(privilege: TestPrivilege, bundle: string): Promise<string> {
    const { code, stdout, stderr } = await ended(this.start(privilege, ['plan', bundle]));
    assert.equal(code, 0, stderr);
    const file = path.join(path.dirname(bundle), 'start.sh');
    writeFileSync(file, stdout);
    return file;
  }

  startProgram(privilege: TestPrivilege, program: readonly string[]): ChildProcess {
    const { argv, input } = this.as(privilege, program);
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: cleanEnvironment,
    });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    child.stdin.on('error', () => undefined); // the payload may end before it reads
    child.stdin.write(input);
    return child;
  }

  /** The exported script of a bundle to its end. */
  async runScript(privilege: TestPrivilege, bundle: string): Promise<Ended> {
    const child = this.startProgram(privilege, [
      'sh',
      await this.exportedScript(privilege, bundle),
    ]);
    child.stdin!.end();
    return ended(child);
  }

  /** `helper.js run BUNDLE -- COMMAND...` to its end. */
  run(
    privilege: TestPrivilege,
    bundle: string,
    command: readonly string[] = [],
    input = '',
  ): Promise<Ended> {
    const child = this.start(privilege, [
      'run',
      bundle,
      ...(command.length ? ['--', ...command] : []),
    ]);
    child.stdin!.end(input);
    return ended(child);
  }
}

/** Nobody else reaches the rootfs then, and a start has nothing to say of what root leaves there. */
export function closeToOthers(bundle: string): void {
  chmodSync(path.dirname(bundle), 0o700);
}

/** No SUDO_UID of whoever runs the tests: root alone must look like root alone. */
const cleanEnvironment = { PATH: process.env.PATH, LANG: 'C.UTF-8' };

export async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/**
 * Opens a place for the suite around the call, and compares the host after every test.
 * @param opened gets the place, before the host is looked at
 * @param options `endChildren`: what a test has left running is ended before that
 */
export function usePlace(
  opened: (place: Workplace) => void,
  options: { readonly endChildren?: boolean } = {},
): void {
  let place: Workplace | undefined;
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    opened((place = await Workplace.open(this)));
    hostBefore = hostState();
  });
  afterEach(async () => {
    if (options.endChildren) await place?.endChildren();
    await assertSameHost(hostBefore);
  });
  after(() => place?.close());
}

/** Resident memory of a process, in KiB (proc_pid_status(5), VmRSS). */
export function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}

/** How long what was killed may be in its exit, in milliseconds. */
const exitTakes = 1000;

type HostState = Record<string, string[]>;

/**
 * Nothing more is there than before, and of mounts and names nothing else. What others had may have gone.
 * @param look what `before` was made by
 * @param when what has just happened, for who reads the failure
 */
export async function assertSameHost(
  before: HostState,
  { look = hostState, when = '' }: { readonly look?: () => HostState; readonly when?: string } = {},
): Promise<void> {
  let now = before;
  const left = () => {
    now = look();
    for (const kind of ['cgroups', 'folders'])
      now[kind] = [
        ...before[kind]!.filter((name) => !now[kind]!.includes(name)),
        ...now[kind]!,
      ].sort();
    return now;
  };
  await until('the host as it was', () => isDeepStrictEqual(left(), before), exitTakes).catch(
    () => undefined,
  );
  assert.deepEqual(now, before, `the host is as it was ${when}`.trimEnd());
}

/** What a container could leave behind on the host. */
export function hostState(): HostState {
  // Ours by their words or by their mounts: a machine runs sandboxes of its own.
  const ours = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => (commandLineOf(pid) + mountsOf(pid)).includes(workplacePrefix))
    .filter((pid) => (commandLineOf(pid) !== '' && !isOverdue(pid)) || !endsSoon(pid))
    .map((pid) => `${pid} ${commandLineOf(pid)}`);
  return {
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n'),
    processes: ours,
    // By name: other services of a machine make and remove cgroups of their own meanwhile.
    cgroups: folders('/sys/fs/cgroup', 4)
      .filter((folder) => /terrarium(?!-bench)|box/.test(folder))
      .filter((folder) => !isAnothers(folder) && !isInUse(folder))
      .sort(),
    interfaces: readdirSync('/sys/class/net'),
    // What a start could leave there.
    files: readdirSync('/dev/shm').filter((name) => /^terrarium-(?!bench)/.test(name)),
    // What runtimes are given (runtimeFolder.ts): root's, and that of who has no XDG_RUNTIME_DIR.
    folders: ['/run/terrarium', ...[0, ...ownUsers].map((uid) => `/tmp/terrarium-${uid}`)]
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith('terrarium-')))
      .filter((name) => !isAnothers(name))
      .sort(),
    hostname: [readFileSync('/proc/sys/kernel/hostname', 'utf8')],
  };
}

/** Whether a process of somebody else is in the cgroup or below it: tests that run beside these. */
function isInUse(cgroup: string): boolean {
  return [cgroup, ...folders(cgroup, 3)].some((folder) =>
    readIfThere(path.join(folder, 'cgroup.procs'))
      .split('\n')
      .some((pid) => pid !== '' && !isOfTheseTests(pid)),
  );
}

/**
 * Whether a name is that of a helper that lives (alive.ts) and that no suite of this process has started, or ends
 * with the PID of other tests.
 */
function isAnothers(name: string): boolean {
  const [, test] = /\bbox-[a-z-]*(\d+)/.exec(name) ?? [];
  if (test !== undefined) return existsSync(`/proc/${test}`) && !isOfTheseTests(test);
  const [, id] = /\bterrarium-([0-9a-f]{16})\b/.exec(name) ?? [];
  if (id !== undefined) return !ownIds.has(id); // as runtimes have it
  const [, pid, startTime] = /terrarium-(\d+)-(\d+)-/.exec(name) ?? [];
  if (pid === undefined || isOfTheseTests(pid)) return false;
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`)).startTime === startTime;
  } catch {
    return false; // it has ended
  }
}

/** A monitor whose PID 1 has ended, or is in its exit: it reports that and goes. */
function isOverdue(pid: string): boolean {
  if (!commandLineOf(pid).includes('/terrarium-init-')) return false;
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`);
  return children.split(' ').every((child) => child === '' || commandLineOf(child) === '');
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** Without memory a process is in its exit, and its mounts go right after. */
function endsSoon(pid: string): boolean {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let look = 0; look < 100; look++) {
    if (mountsOf(pid) === '') return true;
    Atomics.wait(clock, 0, 0, 10);
  }
  return false;
}

function folders(folder: string, depth: number): string[] {
  if (depth === 0 || !existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const child = path.join(folder, entry.name);
      return [child, ...folders(child, depth - 1)];
    });
}

/** Waits for a condition of the kernel's that has no event to wait for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false,
  ms = 10_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited ${ms} ms in vain for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
