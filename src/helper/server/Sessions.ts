/** The further shells of one container (`exec` of runc and crun). Made by ManagedContainer.ts. */
import { messageOf } from '../../core/errors';
import { quote } from '../../core/text/quote';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { TerminalSize } from '../console/pty/Pty';
import { signalInOutput } from '../engine/shared/containerExit';
import type { SessionTarget, SessionCommand } from '../engine/shared/Engine';
import type { Journal } from './Journal';
import { type Session, sessionEnd, startSession } from './Session';
import type { Streams } from './Streams';

export class Sessions {
  readonly #open = new Map<string, Session & { readonly command: string }>();

  /** @param changed called when one came or ended */
  constructor(
    private readonly label: string,
    private readonly streams: Streams,
    private readonly journal: Journal,
    private readonly changed: () => void,
  ) {}

  get infos(): { stream: string; command: string }[] {
    return [...this.#open].map(([stream, { command }]) => ({ stream, command }));
  }

  /** @returns the name of its stream */
  async start(
    container: SessionTarget,
    command: SessionCommand,
    args: readonly string[],
    size: TerminalSize,
  ): Promise<string> {
    const session = await startSession(container, command, size, (text) => this.#warn(text)).catch(
      (error: unknown) => {
        command.release?.();
        throw error;
      },
    );
    const { name, console } = this.streams.open(size, session.pty);
    if (command.firstLine) console.warn(escapeControlCharacters(command.firstLine));
    const over = this.journal.command(
      this.label,
      (command.shown ?? command.argv).map(quote).join(' '),
    );
    this.#open.set(name, { ...session, command: args.join(' ') });
    void session.ended.then(async (exit) => {
      this.#open.delete(name);
      command.release?.();
      this.changed();
      const said = 'said' in exit ? exit.said?.trim() : undefined;
      if (said && signalInOutput(said) === undefined) console.warn(escapeControlCharacters(said));
      const { code, message } = await this.streams.end(name, (outputTail) =>
        sessionEnd(exit, outputTail),
      );
      over(message, code !== 0);
    });
    return name;
  }

  /** Does nothing where it has ended. */
  kill(stream: string): void {
    const session = this.#open.get(stream);
    if (session) this.#kill(session);
  }

  /** Resolves when none is left. */
  async endAll(): Promise<void> {
    this.killAll();
    await Promise.all([...this.#open.values()].map(({ ended }) => ended));
  }

  killAll(): void {
    for (const session of this.#open.values()) this.#kill(session);
  }

  #kill(session: Session): void {
    session
      .kill()
      .catch((error: unknown) => this.#warn(`a shell could not be ended: ${messageOf(error)}`));
  }

  #warn(text: string): void {
    this.journal.note('warn', `${this.label}: ${text}`);
  }
}
