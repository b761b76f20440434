/**
 * What the helper did with its privileges, for the log of every window: each command with its argv,
 * how long it took and how it ended. Made by `serve`. Nothing secret reaches it: argv are those of the
 * start sequence, which are shown anyway, and environments are never written.
 */
import { messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Notification } from '../../protocol/messages';

type Line = Notification<'log'>;

/** How many lines a window that connects later still gets. */
const kept = 500;
/** Longest line, in characters. */
const longest = 4000;

export class Journal {
  private readonly lines: Line[] = [];

  /** @param tell hands a line to every client */
  constructor(
    private readonly tell: (line: Line) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The last lines, oldest first. */
  get recent(): readonly Line[] {
    return this.lines;
  }

  note(level: Line['level'], message: string): void {
    const line = { level, message: escapeControlCharacters(message).slice(0, longest) };
    this.lines.push(line);
    if (this.lines.length > kept) this.lines.shift();
    this.tell(line);
  }

  /** @returns to be called with the result once the command is over */
  command(what: string, command: string): (result: string, failed?: boolean) => void {
    const begun = this.now();
    return (result, failed = false) =>
      this.note(
        failed ? 'error' : 'info',
        `${what}: ${command} → ${result} (${Math.round(this.now() - begun)} ms)`,
      );
  }

  /** Does it and notes it, whether it succeeds or not. @throws what `act` throws */
  async during<T>(what: string, command: string, act: () => Promise<T>): Promise<T> {
    const over = this.command(what, command);
    try {
      const result = await act();
      over('done');
      return result;
    } catch (error) {
      over(messageOf(error), true);
      throw error;
    }
  }
}
