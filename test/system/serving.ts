/** A helper that serves, as the extension starts it, and clients of it. Shared by the system tests. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { HelperClient } from '../../src/core/client/HelperClient';
import { serve } from '../../src/helper/commands/serve';
import type { ContainerInfo, FolderKind } from '../../src/protocol/container';
import type { Notification, NotificationName } from '../../src/protocol/messages';
import { type TestPrivilege, type Workplace, ended, until } from './containers';

export const size = { cols: 80, rows: 24 };
/** How far apart a SIGTERM and a SIGKILL are in tests that do not care, in milliseconds. */
export const graceMs = 500;

/** Where one helper lives: its folder, its socket and its token. */
export interface Home {
  readonly directory: string;
  readonly socketName: string;
  readonly token: string;
}

export function newHome(place: Workplace, privilege: TestPrivilege): Home {
  const directory = mkdtempSync(path.join(place.folder, 'run-'));
  if (privilege !== 'root') chownSync(directory, place.user.uid, place.user.gid);
  return { directory, socketName: 'helper.sock', token: randomBytes(32).toString('hex') };
}

/** A helper in this very process, whose timers go off when the test says so. */
export function serveHere(place: Workplace) {
  const home = newHome(place, 'root');
  const words = serveWords(place, 'root', home);
  const waiting: { ms: number; callback: () => void }[] = [];
  // What it executes lies beside the helper's program, and that of this process is mocha's.
  const [, program] = process.argv;
  process.argv[1] = place.helper;
  const over = serve({
    directory: home.directory,
    socketName: home.socketName,
    tokenFile: words[words.indexOf('--token-file') + 1]!,
    ...{ uid: 0, gid: 0, detach: false },
    timers: {
      after: (ms, callback) => {
        const timer = { ms, callback };
        waiting.push(timer);
        return () => void waiting.splice(waiting.indexOf(timer), 1);
      },
    },
  }).finally(() => (process.argv[1] = program!));
  return { home, waiting, over };
}

/** The words of `serve`, with a token file that is there for it. */
export function serveWords(place: Workplace, privilege: TestPrivilege, home: Home): string[] {
  const { uid, gid } = privilege === 'root' ? { uid: 0, gid: 0 } : place.user;
  mkdirSync(home.directory, { recursive: true, mode: 0o700 });
  const tokenFile = path.join(home.directory, `token-${randomBytes(4).toString('hex')}`);
  writeFileSync(tokenFile, home.token, { mode: 0o600 });
  for (const file of [home.directory, tokenFile]) chownSync(file, uid, gid);
  return [
    ...['serve', '--directory', home.directory, '--socket', home.socketName],
    ...['--token-file', tokenFile, '--uid', String(uid), '--gid', String(gid)],
  ];
}

export class Served {
  private readonly clients: Client[] = [];

  private constructor(
    readonly home: Home,
    /** What was spawned: the helper itself, or the sudo before it. */
    readonly child: ChildProcess,
  ) {}

  /** Starts one in the foreground and waits until it listens. */
  static async start(
    place: Workplace,
    privilege: TestPrivilege,
    home = newHome(place, privilege),
  ): Promise<Served> {
    const child = place.start(privilege, serveWords(place, privilege, home));
    const result = ended(child);
    const said = await Promise.race([
      new Promise<string>((resolve) => child.stdout!.once('data', (text: string) => resolve(text))),
      result.then(({ stderr }) => stderr),
    ]);
    assert.equal(said, 'terrarium-helper ready\n');
    return new Served(home, child);
  }

  get socket(): string {
    return path.join(this.home.directory, this.home.socketName);
  }

  async connect(): Promise<Client> {
    const client = await Client.connect(this.socket, this.home.token);
    this.clients.push(client);
    return client;
  }

  /** SIGKILL for the helper itself, once it has written down what it would leave. */
  async kill(client: Client): Promise<void> {
    const record = path.join(this.home.directory, `state-${this.home.socketName}.json`);
    await until('its record', () => existsSync(record));
    const { pid } = await client.rpc.request('hello', { client: 'test' });
    process.kill(pid, 'SIGKILL');
    await client.rpc.closed;
  }

  /** As when the last window has gone and the helper is told to end; waits for that. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      const client = await this.connect();
      const { containers } = await client.rpc.request('list', {});
      for (const { id, state } of containers)
        if (state !== 'stopped') await client.rpc.request('stop', { id, graceMs: 0 });
      await client.rpc.request('shutdown', {});
      await gone;
    }
    for (const client of this.clients) client.close();
    assert.equal(existsSync(this.socket), false, 'its socket is gone');
  }
}

/** A helper and a client of it for each test of the suite around the call. */
export function useServed(
  place: () => Workplace,
  privilege: TestPrivilege,
  started: (client: Client, served: Served) => void,
): void {
  let served: Served;
  beforeEach(async () => {
    served = await Served.start(place(), privilege);
    started(await served.connect(), served);
  });
  afterEach(() => served.stop());
}

type Hear = (message: never) => void;

/** One window: a connection, and what it has been told. */
export class Client {
  private readonly waiting = new Map<NotificationName, Set<Hear>>();

  private constructor(readonly rpc: HelperClient) {}

  static async connect(socket: string, token: string): Promise<Client> {
    return new Client(await HelperClient.connect({ socket, token }));
  }

  start(bundle: string, kind: FolderKind = 'bundle'): Promise<ContainerInfo> {
    return this.rpc.request('start', { bundle, kind, ...size });
  }

  /** Starts it, and resolves with how its container ended. */
  async startToEnd(bundle: string): Promise<ContainerInfo['exit']> {
    const over = this.next('containerChanged', ({ state }) => state === 'stopped');
    await this.start(bundle);
    return (await over).exit;
  }

  /** Resolves with the first notification that `wanted` accepts. To be called before its cause. */
  next<N extends NotificationName>(
    name: N,
    wanted: (message: Notification<N>) => boolean,
  ): Promise<Notification<N>> {
    const waiting = this.waiting.get(name) ?? this.listen(name);
    return new Promise((resolve) => {
      const hear = (message: Notification<N>) => {
        if (!wanted(message)) return;
        waiting.delete(hear);
        resolve(message);
      };
      waiting.add(hear);
    });
  }

  /** The connection has one listener for each name. */
  private listen(name: NotificationName): Set<Hear> {
    const waiting = new Set<Hear>();
    this.waiting.set(name, waiting);
    this.rpc.onNotification(name, (message) => {
      for (const hear of [...waiting]) hear(message as never);
    });
    return waiting;
  }

  async attach(stream: string, { cols, rows } = size, viewer?: string): Promise<Screen> {
    return new Screen(
      await this.rpc.openStream(stream, { cols, rows, ...(viewer && { viewer }) }),
      { cols, rows },
    );
  }

  close(): void {
    this.rpc.dispose();
  }
}

/** A terminal as a person has it: it draws, and types. */
export class Screen {
  readonly closed: Promise<void>;
  received = 0;
  private readonly terminal: Terminal;

  constructor(
    readonly stream: Duplex,
    shape: { cols: number; rows: number },
  ) {
    this.terminal = new Terminal({ ...shape, scrollback: 5000, allowProposedApi: true });
    stream.on('data', (bytes: Buffer) => {
      this.received += bytes.length;
      this.terminal.write(bytes);
    });
    stream.resume();
    stream.on('error', () => undefined); // its close says the same
    this.closed = new Promise((resolve) => stream.once('close', resolve));
  }

  /** What it shows, with its scrollback, without what is empty at the end. */
  get text(): string {
    const buffer = this.terminal.buffer.active;
    const lines = Array.from({ length: buffer.length }, (_, row) =>
      buffer.getLine(row)!.translateToString(true),
    );
    return lines.join('\n').trimEnd();
  }

  /** Waits until it shows what is expected. */
  async shows(pattern: RegExp, ms?: number): Promise<string> {
    try {
      return await until(
        `${pattern} on the screen`,
        () => pattern.test(this.text) && this.text,
        ms,
      );
    } catch (error) {
      throw new Error(`${(error as Error).message} It shows:\n${this.text}`, { cause: error });
    }
  }

  /** Waits until nothing has come for a moment. */
  async quiet(ms = 300): Promise<void> {
    for (let before = -1; before !== this.received;) {
      before = this.received;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }

  type(text: string): void {
    this.stream.write(text);
  }

  /** Closes the terminal: it detaches. */
  close(): void {
    this.stream.destroy();
  }
}
