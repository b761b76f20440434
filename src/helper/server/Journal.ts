/**
 * What the helper did with its privileges, for the log of every window: each command with its argv,
 * how long it took and how it ended. Made by `serve`. Nothing secret reaches it: argv are those of the
 * start sequence, which are shown anyway, and environments are never written.
 */
import { messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { LogLine } from '../../protocol/messages';

/** How many lines a window that connects later still gets. */
const kept = 500;
/** Longest line, in characters. */
const longest = 4000;

export class Journal {
  private readonly lines: LogLine[] = [];
  /** Those of this turn of the event loop: a start has fifty, and a message for each takes longer than the start. */
  private fresh: LogLine[] = [];

  /** @param tell hands lines to every client */
  constructor(
    private readonly tell: (lines: LogLine[]) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The last lines that were told, oldest first. */
  get recent(): LogLine[] {
    return this.lines.slice(0, Math.max(0, this.lines.length - this.fresh.length));
  }

  note(level: LogLine['level'], message: string): void {
    this.add(level, escapeControlCharacters(message));
  }

  /** @param message safe to show */
  private add(level: LogLine['level'], message: string): void {
    const line = { level, message: message.slice(0, longest) };
    this.lines.push(line);
    if (this.lines.length > kept) this.lines.shift();
    if (this.fresh.length === 0) process.nextTick(() => this.flush());
    this.fresh.push(line);
  }

  /** Tells what is not told yet: to be called before the end. */
  flush(): void {
    const lines = this.fresh;
    this.fresh = [];
    if (lines.length > 0) this.tell(lines);
  }

  /** @returns to be called with the result once the command is over */
  command(what: string, command: string): (result: string, failed?: boolean) => void {
    const begun = this.now();
    // Apart from the arrow: most of them are ASCII, which takes no time.
    const [named, shown] = [what, command].map(escapeControlCharacters);
    return (result, failed = false) =>
      this.add(
        failed ? 'error' : 'info',
        `${named}: ${shown} → ${escapeControlCharacters(result)} (${Math.round(this.now() - begun)} ms)`,
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
