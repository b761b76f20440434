/**
 * The socket of a helper: lets in who knows the token, and hands them to RPC or to a console.
 * Made by `serve`.
 */
import { lchown, rm } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import path from 'node:path';
import { verifyDirectory } from '../../core/client/runtimeDirectory';
import type { Opening } from '../../protocol/messages';
import type { ContainerRegistry } from './ContainerRegistry';
import { createHandlers } from './handlers';
import { IdleTimer, type Timers } from './IdleTimer';
import { readOpening, refuse, reply } from './opening';
import { requireFree } from './requireFree';
import { type Handlers, RpcClient } from './RpcClient';
import type { Streams } from './Streams';

/** Connections that have not shown the token yet; more are dropped at once. */
const maxStrangers = 64;

export interface HelperServerOptions {
  /** A folder of `owner` that nobody else can enter. */
  readonly directory: string;
  readonly socketName: string;
  readonly token: string;
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly registry: ContainerRegistry;
  readonly streams: Streams;
  /** Called once it is sure that no other helper lives here, and before any client can connect. */
  readonly beforeListening: () => Promise<unknown>;
  /** Asked by a client, or nobody has needed the helper for a while. */
  readonly onEnd: () => void;
  readonly timers?: Timers;
}

export class HelperServer {
  private readonly server: Server;
  private readonly clients = new Set<RpcClient>();
  private readonly sockets = new Set<Socket>();
  private readonly handlers: Handlers;
  private readonly idle: IdleTimer;
  private strangers = 0;
  private ending = false;

  constructor(private readonly options: HelperServerOptions) {
    const { registry, streams, onEnd, timers } = options;
    this.idle = new IdleTimer(onEnd, timers);
    this.handlers = createHandlers(registry, streams, () => {
      this.ending = true;
      this.update();
    });
    this.server = createServer({ pauseOnConnect: true }, (socket) => this.accept(socket));
  }

  private get file(): string {
    return path.join(this.options.directory, this.options.socketName);
  }

  /** @throws TerrariumError `runtime-directory`, `helper-running` */
  async listen(): Promise<void> {
    const { directory, owner } = this.options;
    await verifyDirectory(directory, owner.uid);
    await requireFree(this.file);
    await this.options.beforeListening();
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
    this.update();
  }

  /** Tells every client that is still there. */
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
    this.idle.dispose();
    this.server.close();
    for (const client of this.clients) client.close();
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
    void readOpening(socket, this.options.token)
      .finally(() => this.strangers--)
      .then((open) => open && this.admit(socket, open))
      .catch(() => socket.destroy());
  }

  private admit(socket: Socket, open: Opening['open']): unknown {
    if (open.kind === 'stream') {
      if (!this.options.streams.has(open.stream)) {
        return refuse(socket, 'This terminal has ended and its text is no longer kept.');
      }
      reply(socket, { ok: true });
      return this.options.streams.attach(open.stream, socket, open);
    }
    reply(socket, { ok: true });
    const client = new RpcClient(socket, this.handlers);
    this.clients.add(client);
    client.onGone.add(() => {
      this.clients.delete(client);
      this.update();
    });
    return this.update();
  }
}
