/**
 * The other side of RememberedScreen.ts: one console's screen in a thread of its own. Whatever a container
 * prints, it takes only this thread's time and memory. Loaded by helper.ts where it is not the main thread.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { TerminalSize } from './pty/Pty';
import { Screen } from './Screen';

/** What a thread is started with. */
export interface ScreenStart {
  readonly role: 'screen';
  readonly size: TerminalSize;
}

export type ScreenRequest =
  | { readonly write: Uint8Array }
  | { readonly resize: TerminalSize }
  | { readonly snapshot: number };

export type ScreenAnswer =
  /** Bytes of the last write: they are on the screen. */
  { readonly parsed: number } | { readonly snapshot: number; readonly screen: Uint8Array };

export function runScreen(): void {
  serve(parentPort!, workerData as ScreenStart);
}

function serve(port: MessagePort, { size }: ScreenStart): void {
  const screen = new Screen(size);
  const answer = (message: ScreenAnswer) => port.postMessage(message);
  port.on('message', (request: ScreenRequest) => {
    if ('write' in request) {
      screen.write(request.write);
      answer({ parsed: request.write.length });
    } else if ('resize' in request) {
      screen.resize(request.resize);
    } else {
      screen.snapshot((bytes) => answer({ snapshot: request.snapshot, screen: bytes }));
    }
  });
}
