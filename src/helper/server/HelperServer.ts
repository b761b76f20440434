/**
 * The socket of a helper: lets in who knows the token, and hands them to RPC or to a console.
 * Made by `serve`.
 */
import { lchown, lstat, mkdir, rm } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import path from 'node:path';
import { requireSocketPath, verifyDirectory } from '../../core/client/runtimeDirectory';
import { messageOf } from '../../core/errors';
import type { Handshake } from '../../protocol/messages';
import { LastClientPolicy } from './LastClientPolicy';
import type { ContainerRegistry } from './ContainerRegistry';
import { createHandlers } from './handlers';
import { IdleTimer, type Timers } from './IdleTimer';
import type { Journal } from './Journal';
import { readHandshake, refuseConnection, reply } from './handshake';
import { removeStaleSocket } from '../leftovers/removeStaleSocket';
import { type Handlers, RpcClient } from './RpcClient';
import type { Streams } from './Streams';

/** Connections that have not shown the token yet; more are dropped at once. */
const maxStrangers = 64;

/** How often the socket's file is checked, in milliseconds. */
const guardEvery = 2000;
/** Between SIGTERM and SIGKILL for containers of a helper without clients, in milliseconds. */
const aloneGraceMs = 10_000;

export interface HelperServerOptions {
  /** A folder of `owner` with mode 0700. */
  readonly directory: string;
  readonly socketName: string;
  readonly token: string;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly registry: ContainerRegistry;
  readonly streams: Streams;
  readonly journal: Journal;
  /** Called once no other helper lives here, and before any client can connect. */
  readonly beforeListening: () => Promise<unknown>;
  /** A client has asked for the end, or the helper was idle. */
  readonly onEnd: () => void;
  readonly timers?: Timers;
}

export class HelperServer {
  private server: Server;
  /** Inode of the socket's file, to see whether it is still there. */
  private inode = 0;
  private guard: NodeJS.Timeout | undefined;
  private readonly clients = new Set<RpcClient>();
  private readonly sockets = new Set<Socket>();
  private readonly handlers: Handlers;
  private readonly idle: IdleTimer;
  private readonly alone: LastClientPolicy;
  private strangers = 0;
  private ending = false;
  private closed = false;

  constructor(private readonly options: HelperServerOptions) {
    const { registry, streams, onEnd, timers } = options;
    this.idle = new IdleTimer(onEnd, timers);
    this.alone = new LastClientPolicy(() => void registry.stopAll(aloneGraceMs), timers);
    this.handlers = createHandlers(registry, streams, this.alone, () => {
      this.ending = true;
      this.update();
    });
    this.server = this.create();
  }

  private get file(): string {
    return path.join(this.options.directory, this.options.socketName);
  }

  /** @throws TerrariumError `socket-path`, `runtime-directory`, `helper-running` */
  async listen(): Promise<void> {
    const { directory, owner } = this.options;
    requireSocketPath(this.file);
    await verifyDirectory(directory, owner.uid);
    await removeStaleSocket(this.file);
    await this.options.beforeListening();
    await this.open();
    this.guard = setInterval(() => void this.ensureFile(), guardEvery);
    this.update();
  }

  private create(): Server {
    return createServer({ pauseOnConnect: true }, (socket) => this.accept(socket));
  }

  private async open(): Promise<void> {
    const { owner } = this.options;
    const before = process.umask(0o177); // the socket is 0600 from its first moment
    try {
      await new Promise<void>((resolve, reject) => {
        this.server.once('error', reject);
        this.server.listen(this.file, resolve);
      });
    } finally {
      process.umask(before);
    }
    this.server.on('error', () => undefined); // EMFILE and the like: the next connection may do
    await lchown(this.file, owner.uid, owner.gid);
    this.inode = (await lstat(this.file)).ino;
  }

  /**
   * Makes a deleted socket file again: without it no client can connect to the helper. Where the folder
   * cannot be made (its user has logged out), a later check may succeed.
   */
  private async ensureFile(): Promise<void> {
    const { directory, owner, journal } = this.options;
    try {
      const now = await lstat(this.file).catch(() => undefined);
      if (now || this.closed) return; // exists, or is another helper's by now
      await mkdir(directory, { mode: 0o700 }).then(
        () => lchown(directory, owner.uid, owner.gid),
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
        },
      );
      await verifyDirectory(directory, owner.uid);
      this.server.close(); // before: it removes the file of its name
      this.server = this.create();
      await this.open();
      journal.note('warn', `${this.file} was removed and is there again`);
    } catch (error) {
      if (this.inode !== 0) journal.note('warn', `no socket at ${this.file}: ${messageOf(error)}`);
      this.inode = 0; // said once
    }
  }

  /** Notifies every connected client. */
  broadcast(...message: Parameters<RpcClient['notify']>): void {
    for (const client of this.clients) client.notify(...message);
  }

  /** To be called when a container started or ended. */
  update(): void {
    const busy = this.options.registry.hasLive;
    if (this.ending && !busy) this.options.onEnd();
    this.idle.update(busy || this.clients.size > 0);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.options.journal.flush();
    clearInterval(this.guard);
    this.idle.dispose();
    this.alone.dispose();
    this.server.close();
    await Promise.all([...this.clients].map((client) => client.close()));
    for (const socket of this.sockets) socket.destroySoon();
    await rm(this.file, { force: true });
  }

  private accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.strangers >= maxStrangers) {
      socket.destroy();
      return;
    }
    this.strangers++;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    void readHandshake(socket, this.options.token)
      .finally(() => this.strangers--)
      .then((open) => open && this.admit(socket, open))
      .catch(() => socket.destroy());
  }

  private admit(socket: Socket, open: Handshake['open']): unknown {
    if (open.kind === 'stream') {
      if (!this.options.streams.has(open.stream)) {
        return refuseConnection(socket, 'This terminal has ended and its text is no longer kept.');
      }
      reply(socket, { ok: true });
      return this.options.streams.attach(open.stream, socket, open, {
        name: open.viewer,
        window: open.window,
      });
    }
    reply(socket, { ok: true });
    const client = new RpcClient(socket, this.handlers);
    this.clients.add(client);
    this.alone.came(client);
    const lines = this.options.journal.recent;
    if (lines.length > 0) client.notify('log', { lines });
    client.onGone.add(() => {
      this.clients.delete(client);
      if (this.clients.size === 0) this.alone.lastHasGone();
      this.update();
    });
    return this.update();
  }
}
