/**
 * Has a distribution built by mmdebstrap(1), which gives a tar archive on its standard output; or by debootstrap(8),
 * which root alone can use, into a folder. Called by openSource.ts.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { TerrariumError } from '../../core/errors';
import { deb822Text } from '../../core/image/aptSources';
import type { Distribution } from '../../core/image/distribution';
import { openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { findTool, hostEnvironment, requireTools } from '../host/hostTools';
import { aptSourcesOf } from './aptMirror';
import type { Confinement } from './Confinement';
import type { Meter } from './Meter';
import { Unpacker } from './Unpacker';

export interface BuildOptions {
  readonly confinement: Confinement;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  readonly scratch: string;
}

export type Built =
  | { readonly kind: 'pieces'; readonly pieces: AsyncGenerator<Buffer> }
  | { readonly kind: 'folder'; readonly folder: string };

/** @throws TerrariumError `tool-missing`, `build-failed` */
export async function buildDistribution(
  distribution: Distribution,
  options: BuildOptions,
): Promise<Built> {
  const isRoot = process.geteuid!() === 0;
  if (findTool('mmdebstrap')) {
    requireTools(isRoot ? [] : ['newuidmap', 'newgidmap']);
    return { kind: 'pieces', pieces: byMmdebstrap(distribution, isRoot, options) };
  }
  if (isRoot && findTool('debootstrap')) {
    await byDebootstrap(distribution, options);
    const folder = path.join(options.scratch, 'tree');
    await tidy(folder, options);
    return { kind: 'folder', folder };
  }
  throw new TerrariumError(
    'tool-missing',
    findTool('debootstrap')
      ? 'This machine has debootstrap, which only root can use, and no mmdebstrap.'
      : 'This machine has no “mmdebstrap”.',
    `Install the package mmdebstrap${findTool('debootstrap') ? ', or import with sudo' : ''}.`,
  );
}

/** It makes the tree in TMPDIR, and removes it there. */
async function* byMmdebstrap(
  { suite, variant, include, mirror }: Distribution,
  isRoot: boolean,
  { meter, signal }: BuildOptions,
): AsyncGenerator<Buffer> {
  const sources = mirror === undefined ? await aptSourcesOf(suite) : [];
  const words = [
    ...[`--mode=${isRoot ? 'root' : 'unshare'}`, '--format=tar', `--variant=${variant}`],
    ...include.map((name) => `--include=${name}`),
    ...[suite, '-', ...(mirror === undefined ? [] : [mirror])],
    ...(sources.length > 0 ? ['-'] : []),
  ];
  const running = new Builder('mmdebstrap', words, { meter, signal });
  running.child.stdin.end(deb822Text(sources));
  try {
    yield* running.child.stdout as AsyncIterable<Buffer>;
    await running.finish();
  } finally {
    await running.stop();
  }
}

/** Its mounts and its processes are in namespaces of their own: nothing of them is left, whatever ends it. */
async function byDebootstrap(
  { suite, variant, include, mirror }: Distribution,
  { meter, signal, scratch }: BuildOptions,
): Promise<void> {
  const [source] = mirror === undefined ? await aptSourcesOf(suite) : [];
  const keyring = source?.options.get('Signed-By');
  const uri = mirror ?? source?.uris[0];
  if (!/^(minbase|buildd|important)$/.test(variant))
    throw new TerrariumError(
      'distribution-invalid',
      `debootstrap has no variant ${variant}.`,
      'Use minbase, buildd or important, or install the package mmdebstrap.',
    );
  const words = [
    ...['--mount', '--propagation=private', '--pid', '--fork', '--kill-child', '--'],
    findTool('debootstrap')!,
    ...(variant === 'important' ? [] : [`--variant=${variant}`]),
    ...(include.length > 0 ? [`--include=${include.join(',')}`] : []),
    ...(source && source.components.length > 0
      ? [`--components=${source.components.join(',')}`]
      : []),
    ...(keyring?.startsWith('/') ? [`--keyring=${keyring}`] : []),
    ...[suite, 'tree', ...(uri === undefined ? [] : [uri])],
  ];
  const running = new Builder('unshare', words, {
    ...{ meter, signal, cwd: scratch, shown: 'debootstrap' },
  });
  running.child.stdin.end();
  try {
    // What it does stands on its standard output.
    let rest = '';
    for await (const text of running.child.stdout.setEncoding('utf8') as AsyncIterable<string>)
      rest = running.hear(rest + text);
    await running.finish();
  } finally {
    await running.stop();
  }
}

/** mmdebstrap leaves these out by itself: names of this machine, and what apt has downloaded. */
async function tidy(folder: string, { confinement }: BuildOptions): Promise<void> {
  const tree = await openDirectoryNoFollow(await realpath(folder));
  try {
    const ofMachine = ['etc/hostname', 'etc/resolv.conf'];
    const downloaded = ['var/cache/apt', 'var/lib/apt/lists'];
    const unpacker = new Unpacker(confinement, pathOf(tree));
    await unpacker.remove(ofMachine, downloaded).finally(() => unpacker.abort());
  } finally {
    await tree.close();
  }
}

interface BuilderOptions extends Pick<BuildOptions, 'meter' | 'signal'> {
  readonly cwd?: string;
  /** Its name for people, where another one starts it. */
  readonly shown?: string;
}

/** What reaches the network and the temporary folder. */
const passed = ['TMPDIR', 'http_proxy', 'https_proxy', 'no_proxy', 'SOURCE_DATE_EPOCH', 'HOME'];
/** Of its last lines, for an error. */
const maxLines = 5;

class Builder {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly said: string[] = [];
  private readonly end: Promise<number | null>;
  private readonly cancel = () => void this.child.kill('SIGTERM');

  constructor(
    private readonly program: string,
    words: readonly string[],
    private readonly options: BuilderOptions,
  ) {
    requireTools(['setpriv', program]);
    const { cwd = '/', signal } = options;
    const env = { ...hostEnvironment };
    for (const name of passed)
      if (process.env[name] !== undefined) Object.assign(env, { [name]: process.env[name] });
    // It removes what it has made where it is asked to end, and where this process ends.
    const argv = ['--pdeathsig', 'TERM', '--', findTool(program)!, ...words];
    const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
    this.child = spawn(findTool('setpriv')!, argv, { cwd, env, stdio });
    this.child.stdin.on('error', () => undefined); // its end tells why
    let rest = '';
    this.child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (rest = this.hear(rest + text)));
    this.end = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => resolve(code));
    });
    signal.addEventListener('abort', this.cancel);
  }

  /** @returns what is no whole line yet */
  hear(text: string): string {
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) {
      const shown = escapeControlCharacters(line.replace(/^[IWE]: /, '')).slice(0, 200);
      if (shown === '' || shown === 'done') continue;
      this.said.push((/^E: /.test(line) ? 'E: ' : '') + shown);
      if (this.said.length > maxLines) this.said.shift();
      if (/^I: /.test(line)) this.options.meter.built(shown);
    }
    return rest;
  }

  /** @throws TerrariumError `build-failed`, the signal's reason */
  async finish(): Promise<void> {
    const code = await this.end;
    this.options.signal.throwIfAborted();
    if (code === 0) return;
    const errors = this.said.filter((line) => line.startsWith('E: '));
    const reason = (errors.length > 0 ? errors : this.said).join(' ').replaceAll('E: ', '');
    throw new TerrariumError(
      'build-failed',
      `The distribution was not built: ${this.options.shown ?? this.program} says “${reason}”.`,
      /no such file|404|Release|suite/i.test(reason)
        ? 'Check the name of the suite, and name a mirror that has it: --mirror URL.'
        : /unshare|subuid|newuidmap/i.test(reason)
          ? 'It needs user namespaces and subordinate ids: see “helper.js check”; or import with sudo.'
          : 'Check the names of the packages, and that the machine reaches its mirror.',
    );
  }

  /** It is waited for: it removes its temporary folder. */
  async stop(): Promise<void> {
    this.options.signal.removeEventListener('abort', this.cancel);
    if (this.child.exitCode === null && this.child.signalCode === null) this.cancel();
    this.child.stdout.resume();
    await this.end.catch(() => undefined); // the reason for stopping is what is told
  }
}
