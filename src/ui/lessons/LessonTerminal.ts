/**
 * The terminal of one lesson: a shell of the person, in an integrated terminal that shows what cells type and
 * takes what the person types. Made by the controller when the first cell runs.
 */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import type { LessonRun } from '../../protocol/lesson';
import type { ProcessSnapshot } from '../../protocol/snapshot';
import { withoutIcons } from '../model/withoutIcons';
import type { HelperLink } from '../services/HelperLink';
import { ConsolePseudoterminal } from '../terminal/ConsolePseudoterminal';
import type { TerminalServices } from '../terminal/TerminalServices';

export class LessonTerminal implements vscode.Disposable {
  readonly #subscriptions: (() => void)[] = [];
  #isOver = false;

  private constructor(
    private readonly services: TerminalServices,
    private readonly link: HelperLink,
    private readonly terminal: vscode.Terminal,
    private readonly stream: string,
  ) {
    const closing = vscode.window.onDidCloseTerminal((closed) => {
      if (closed === terminal) this.dispose();
    });
    this.#subscriptions.push(
      () => void closing.dispose(),
      link.onNotification('lessonWaits', (one) => {
        if (one.stream === stream) terminal.show(); // with the focus: a password is typed there
      }),
      link.onNotification('streamEnded', (one) => {
        if (one.stream === stream) this.#isOver = true;
      }),
    );
    void link.closed.then(() => (this.#isOver = true));
  }

  /**
   * @param name of the lesson, raw
   * @param cwd an existing folder
   * @throws what the helper says
   */
  static async open(
    services: TerminalServices,
    name: string,
    cwd: string,
  ): Promise<LessonTerminal> {
    // The person's own: sudo, where the lesson has it, asks in the terminal.
    const link = await services.helpers.require(process.geteuid?.() === 0 ? 'root' : 'rootless');
    const pty = new ConsolePseudoterminal(services.log);
    const terminal = vscode.window.createTerminal({
      name: vscode.l10n.t('lesson · {0}', withoutIcons(name)),
      pty,
      iconPath: new vscode.ThemeIcon('mortar-board'),
      isTransient: true,
    });
    terminal.show(true);
    try {
      const { stream } = await link.request('openLesson', { cwd, ...(await pty.size()) });
      await pty.attach(link, stream);
      return new LessonTerminal(services, link, terminal, stream);
    } catch (error) {
      pty.giveUp(error);
      throw error;
    }
  }

  /** Its shell has ended, or the person closed the terminal. */
  get isOver(): boolean {
    return this.#isOver;
  }

  show(): void {
    this.terminal.show(true);
  }

  run(lines: readonly string[]): Promise<LessonRun> {
    return this.link.request('runInLesson', { stream: this.stream, lines: [...lines] });
  }

  async interrupt(): Promise<void> {
    if (!this.#isOver) await this.link.request('interruptLesson', { stream: this.stream });
  }

  /**
   * What the process in front sees, by the helper that is told most.
   * @returns undefined where the shell of the lesson has ended
   */
  async look(): Promise<ProcessSnapshot | undefined> {
    try {
      const { pid } = await this.link.request('frontOfLesson', { stream: this.stream });
      const reader = this.services.helpers.get('root') ?? this.link;
      return (await reader.request('takeSnapshot', { pid })).snapshot;
    } catch (error) {
      if (error instanceof TerrariumError && error.code === 'lesson-over') return undefined;
      throw error;
    }
  }

  /** Ends its shell, with all that it started. The terminal stays readable. */
  dispose(): void {
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    if (this.#isOver) return;
    this.#isOver = true;
    this.link
      .request('endLesson', { stream: this.stream })
      .catch((error: unknown) => this.services.log.warn(`lesson: ${String(error)}`));
  }

  /** As `dispose`, and closes the terminal. */
  close(): void {
    this.dispose();
    this.terminal.dispose();
  }
}
