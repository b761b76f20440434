/** The lessons of a helper: a terminal each, which ends with the client that asked for it. Used by handlers.ts. */
import { stat } from 'node:fs/promises';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { TerminalSize } from '../console/pty/Pty';
import { LessonShell, lessonOver } from '../lesson/LessonShell';
import type { RpcClient } from './RpcClient';
import type { Streams } from './Streams';

export class Lessons {
  readonly #shells = new Map<string, { readonly shell: LessonShell; readonly client: RpcClient }>();

  constructor(private readonly streams: Streams) {}

  /**
   * @param cwd absolute path, as the person has it
   * @returns the name of its stream
   * @throws TerrariumError `lesson-folder`, `tool-missing`
   */
  async open(client: RpcClient, cwd: string, size: TerminalSize): Promise<string> {
    const folder = await stat(cwd).catch(() => undefined);
    if (!folder?.isDirectory())
      throw new TerrariumError(
        'lesson-folder',
        `${escapeControlCharacters(cwd)} is no folder in which the lesson could run.`,
        'Save the lesson in a folder that exists.',
      );
    let name = '';
    const shell = new LessonShell({
      cwd,
      size,
      onWaiting: (program) => client.notify('lessonWaits', { stream: name, program }),
    });
    ({ name } = this.streams.open(size, shell.terminal));
    this.#shells.set(name, { shell, client });
    const leave = () => shell.dispose();
    client.onGone.add(leave);
    void shell.ended.then(async (code) => {
      client.onGone.delete(leave);
      this.#shells.delete(name);
      const message = `The shell of the lesson ended with exit code ${code}.`;
      await this.streams.end(name, () => ({ code, message }));
    });
    return name;
  }

  /** @throws TerrariumError `lesson-over`: a client has only its own */
  of(client: RpcClient, stream: string): LessonShell {
    const found = this.#shells.get(stream);
    if (found?.client === client) return found.shell;
    throw lessonOver();
  }
}
