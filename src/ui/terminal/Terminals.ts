/** The terminals of this window: one console for each container, and its sessions. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import type { HelperLink } from '../services/HelperLink';
import { ConsolePseudoterminal } from './ConsolePseudoterminal';

interface Opened {
  readonly terminal: vscode.Terminal;
  readonly pty: ConsolePseudoterminal;
}

const consoleMemory = 'terrarium.consoles';
const sessionMemory = 'terrarium.sessions';

export class Terminals implements vscode.Disposable {
  readonly #consoles = new Map<string, Opened>();
  readonly #sessions = new Set<Opened>();
  readonly #listener: vscode.Disposable;

  constructor(
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#listener = vscode.window.onDidCloseTerminal((closed) => {
      for (const [bundle, { terminal }] of this.#consoles)
        if (terminal === closed) this.#consoles.delete(bundle);
      for (const opened of this.#sessions)
        if (opened.terminal === closed) this.#sessions.delete(opened);
      this.#remember();
    });
  }

  /** The console of a container where this window has it open and it has not ended. */
  console(bundle: string): Opened | undefined {
    const opened = this.#consoles.get(bundle);
    return opened && !opened.pty.ended ? opened : undefined;
  }

  /** The terminal that shows this session. */
  session(stream: string): Opened | undefined {
    return [...this.#sessions].find(({ pty }) => pty.stream === stream && !pty.ended);
  }

  /** A new terminal for a console; one that shows an earlier run is closed. */
  openConsole(bundle: string, name: string, { focus }: { focus: boolean }): ConsolePseudoterminal {
    this.#consoles.get(bundle)?.terminal.dispose();
    const opened = this.#open(visible(name), 'terminal-linux');
    this.#consoles.set(bundle, opened);
    this.#remember();
    opened.terminal.show(!focus);
    return opened.pty;
  }

  openSession(name: string, { focus }: { focus: boolean }): ConsolePseudoterminal {
    const opened = this.#open(vscode.l10n.t('{0} (shell)', visible(name)), 'terminal');
    this.#sessions.add(opened);
    opened.terminal.show(!focus);
    return opened.pty;
  }

  /** Shows a session in its terminal, and again after this window was reloaded. */
  async attachSession(pty: ConsolePseudoterminal, link: HelperLink, stream: string): Promise<void> {
    await pty.attach(link, stream);
    this.#remember();
  }

  /** Bundles whose console this window had open, and the sessions, also before it was reloaded. */
  remembered(): { consoles: string[]; sessions: string[] } {
    return {
      consoles: this.state.get<string[]>(consoleMemory, []),
      sessions: this.state.get<string[]>(sessionMemory, []),
    };
  }

  #open(name: string, icon: string): Opened {
    const pty = new ConsolePseudoterminal(this.log);
    const terminal = vscode.window.createTerminal({
      name,
      pty,
      iconPath: new vscode.ThemeIcon(icon),
      isTransient: true,
    });
    return { terminal, pty };
  }

  #remember(): void {
    const streams = [...this.#sessions].flatMap(({ pty }) => pty.stream ?? []);
    void this.state.update(consoleMemory, [...this.#consoles.keys()]);
    void this.state.update(sessionMemory, streams);
  }

  dispose(): void {
    this.#listener.dispose();
  }
}
