/**
 * Tells what a layer changes in its rootfs, while its container runs: by one process of `terrarium-init layer watch`.
 * One that has failed is started anew after a while. Made by the server for `watchLayer`.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { messageOf } from '../../core/errors';
import { ChangeStream } from '../../core/overlay/ChangeStream';
import { type LayerDelta, maxChanges } from '../../protocol/layer';
import { type InitEnd, notMapped } from '../host/runInit';
import { withoutStreams } from '../host/withoutStreams';
import { type LayerBundle, mayMap, notAllowed, outputOf, startLayerTool } from './layerTool';
import { readAtPace } from './readAtPace';

/** After a failure, in milliseconds. */
const restMs = 2000;

export interface LayerWatcherOptions {
  readonly bundle: LayerBundle;
  /** Must not throw. Never called after `stop()`. */
  readonly emit: (delta: LayerDelta) => void;
  /** Why it cannot be told for now. */
  readonly failed: (reason: string) => void;
}

export class LayerWatcher {
  readonly #stopped = new AbortController();
  /** Its end with the rights of this process, since when it runs in a user namespace. */
  #refused: InitEnd | undefined;

  constructor(private readonly options: LayerWatcherOptions) {}

  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<void> {
    const { bundle, failed } = this.options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        const ended = await this.#watch();
        if (signal.aborted) return;
        const refused = this.#refused;
        // Files of others than the person: a rootless container makes them.
        if (ended.status === notAllowed && !refused && mayMap()) {
          this.#refused = ended;
          continue;
        }
        if (ended.status !== 0 && ended.status !== notAllowed) this.#refused = undefined;
        outputOf(bundle, refused && ended.status === notMapped ? refused : ended);
      } catch (error) {
        if (signal.aborted) return;
        failed(messageOf(error));
      }
      await setTimeout(restMs, undefined, { signal }).catch(() => undefined); // stopped
    }
  }

  async #watch(): Promise<InitEnd> {
    const { bundle, emit } = this.options;
    const { signal } = this.#stopped;
    const words = ['watch', String(maxChanges)];
    return startLayerTool(bundle, words, this.#refused !== undefined, async (child) => {
      // It ends when nobody can write to it any more: so it does not outlive a helper that was killed. One that waits
      // to be read ends when nobody reads.
      const end = () => {
        child.stdin?.destroy();
        child.stdout?.destroy();
      };
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      try {
        return await follow(child, (delta) => {
          if (!signal.aborted) emit(delta);
        });
      } finally {
        signal.removeEventListener('abort', end);
      }
    });
  }
}

/** @throws TerrariumError `changes-unreadable` */
function follow(child: ChildProcess, emit: (delta: LayerDelta) => void): Promise<InitEnd> {
  const missing = withoutStreams(child);
  if (missing) return missing;
  const stream = new ChangeStream();
  return new Promise((resolve, reject) => {
    let errors = '';
    let unread: unknown;
    child.stdin!.on('error', () => undefined); // its status says why it has ended
    readAtPace(child.stdout!, (bytes) => {
      try {
        const delta = stream.push(bytes);
        if (delta) emit(delta);
      } catch (error) {
        child.kill('SIGKILL');
        unread = error;
      }
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      if (errors.length < 4096) errors += text;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (unread instanceof Error) reject(unread);
      else resolve({ status, output: Buffer.alloc(0), errors });
    });
  });
}
