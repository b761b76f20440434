/**
 * Runs the machine's own tar, xz and the like where they reach nothing but one folder: a mistake in them, and
 * an archive made for it, stays there. `confine.sh` makes the place.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { TerrariumError } from '../../core/errors';
import type { OpenFile } from '../../core/fs/files';
import { runTool } from '../../core/fs/runTool';
import { findTool, hostEnvironment, requireTools } from '../host/hostTools';
import { killIfAlive } from '../host/killIfAlive';
import { withoutStreams } from '../host/withoutStreams';
import script from './confine.sh';
import { type ToolFiles, toolFilesOf } from './toolFiles';

/** A further folder, found by its way where the confinement is made, and compared with the descriptor. */
export interface Other {
  readonly handle: OpenFile;
  /** Relative to the folder, or absolute. */
  readonly way: string;
}

export type Confined = ChildProcessByStdio<Writable, Readable, Readable>;

/** Which ids the confined programs can give to files. */
export type Ids = 'all' | 'range' | 'own';

interface ConfinedOptions {
  readonly folder?: string;
  /** The folder is only read. */
  readonly isSource?: boolean;
  /** A scratch layer: what is read is an overlay of it and the folder. */
  readonly upper?: Other | undefined;
  /** A folder that is copied from: it is /from, and the folder /to/from. */
  readonly from?: Other | undefined;
  readonly capabilities?: string;
  /** Words of setpriv(1): it runs as that user, where the helper is root. */
  readonly user?: readonly string[];
  readonly others?: readonly string[];
}

export class Confinement {
  private readonly tools = new Map<string, ToolFiles>();
  private readonly running = new Set<Confined>();
  private signal: AbortSignal | undefined;

  private constructor(
    readonly ids: Ids,
    private readonly unshare: string,
    /** Count of ids from 0 on. */
    readonly idCount: number,
  ) {}

  /**
   * @param signal ends all that runs there: also what waits for a FIFO or a file system that does not answer
   * @throws TerrariumError `tool-missing`, `namespaces-refused`
   */
  static async make(signal?: AbortSignal): Promise<Confinement> {
    const made = await Confinement.ofMachine();
    made.signal = signal;
    signal?.addEventListener('abort', () => {
      for (const child of made.running) killConfined(child);
    });
    return made;
  }

  private static async ofMachine(): Promise<Confinement> {
    requireTools(['unshare', 'mount', 'pivot_root', ...ofScript, 'cp', 'tar']);
    const unshare = findTool('unshare')!;
    if (process.geteuid!() === 0) return new Confinement('all', unshare, 2 ** 32 - 1);
    const count = (words: readonly string[]) => idsIn(unshare, words);
    const range = await count(userNamespace.range);
    if (range !== undefined) return new Confinement('range', unshare, range);
    if ((await count(userNamespace.own)) !== undefined) return new Confinement('own', unshare, 1);
    throw new TerrariumError(
      'namespaces-refused',
      'No archive can be unpacked: this machine lets you make no user namespace, and without one the unpacker is not confined.',
      'Import with sudo, or see “helper.js check”.',
    );
  }

  /**
   * @param program name of a program of the machine
   * @param words its arguments; `call` gives those that start a further program, one of `others`
   * @param folder the one that it sees, as its root; without one it sees nothing
   * @param capabilities that it has there, in the words of setpriv(1)
   */
  async run(
    program: string,
    words: readonly string[] | ((call: (name: string) => string[]) => readonly string[]),
    {
      folder,
      isSource = false,
      upper,
      from,
      capabilities = '-all',
      user: runsAs = [],
      others = [],
    }: ConfinedOptions = {},
  ): Promise<Confined> {
    const { loader, files } = await this.toolsFor([program, ...others]);
    const call = (name: string) => [`./${loader}`, '--library-path', '.', `./${name}`];
    const args = typeof words === 'function' ? words(call) : words;
    const namespaces = ['--mount', '--propagation=private', '--net', '--ipc', '--uts', '--pid'];
    const user = this.ids === 'all' ? [] : userNamespace[this.ids];
    const other = upper ?? from;
    const seen = upper ? 'overlay' : from ? 'copy' : isSource ? 'source' : 'folder';
    const child = spawn(
      this.unshare,
      [
        ...[...user, ...namespaces, '--fork', '--kill-child', '--', '/bin/sh', '-c', script, 'sh'],
        ...[
          folder === undefined ? 'nothing' : seen,
          capabilities,
          loader,
          files.join('\n'),
          runsAs.join('\n'),
          other?.way ?? '',
          `./${program}`,
          ...args,
        ],
      ],
      {
        ...{ cwd: folder ?? '/', env: hostEnvironment, detached: true },
        stdio: ['pipe', 'pipe', 'pipe', ...(other ? [other.handle.fd] : [])],
      },
    ) as Confined;
    const missing = withoutStreams(child);
    if (missing) await missing;
    this.running.add(child);
    child.once('close', () => this.running.delete(child));
    if (this.signal?.aborted) killConfined(child);
    return child;
  }

  /** The program, those of confine.sh, and their libraries. */
  private async toolsFor(names: readonly string[]): Promise<ToolFiles> {
    const key = names.join(' ');
    const known = this.tools.get(key) ?? (await toolFilesOf([...names, ...ofScript]));
    this.tools.set(key, known);
    return known;
  }
}

/** Programs that confine.sh runs where the machine's are no longer there. */
const ofScript = ['umount', 'nsenter', 'setpriv'];

const userNamespace = {
  range: ['--user', '--map-root-user', '--map-auto'],
  own: ['--user', '--map-root-user'],
} as const;

/** @returns how many ids such a namespace has; undefined where it cannot be made */
async function idsIn(unshare: string, words: readonly string[]): Promise<number | undefined> {
  const cat = findTool('cat')!;
  const { failed, stdout } = await runTool(unshare, [...words, '--', cat, '/proc/self/uid_map']);
  if (failed) return undefined;
  return stdout
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2]), 0);
}

/** unshare(1) leads a group, and its child is in it from the start: --kill-child acts only a little later. */
export function killConfined(child: Confined): void {
  child.stdin.destroy();
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
    killIfAlive(-child.pid, 'SIGKILL');
}

/** An end in words, for an error. */
export function endOf(child: Confined): Promise<{ ok: boolean; said: string }> {
  const parts: Buffer[] = [];
  let size = 0;
  child.stderr.on('data', (part: Buffer) => {
    if ((size += part.length) <= maxSaid) parts.push(part);
  });
  child.stdin.on('error', () => undefined); // its end tells why
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ ok: code === 0, said: Buffer.concat(parts).toString('utf8') }),
    );
  });
}

/** Of standard error, in bytes. */
const maxSaid = 64 * 1024;
