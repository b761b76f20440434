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
  /** Sessions whose terminals VS Code is about to open. */
  readonly #expected = new Set<ConsolePseudoterminal>();
  readonly #listeners: readonly vscode.Disposable[];

  constructor(
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const onClose = vscode.window.onDidCloseTerminal((closed) => {
      for (const [bundle, { terminal }] of this.#consoles)
        if (terminal === closed) this.#consoles.delete(bundle);
      for (const opened of this.#sessions)
        if (opened.terminal === closed) this.#sessions.delete(opened);
      this.#remember();
    });
    const onOpen = vscode.window.onDidOpenTerminal((terminal) => {
      const pty = [...this.#expected].find(
        (one) => 'pty' in terminal.creationOptions && terminal.creationOptions.pty === one,
      );
      if (!pty) return;
      this.#expected.delete(pty);
      this.#sessions.add({ terminal, pty });
      this.#remember();
      terminal.show(); // a terminal that was chosen is meant to be typed into
    });
    this.#listeners = [onClose, onOpen];
  }

  /** The console of a container where this window has it open and it has not ended. */
  console(bundle: string): Opened | undefined {
    const opened = this.#consoles.get(bundle);
    return opened && !opened.pty.ended ? opened : undefined;
  }

  /** The bundle whose console a terminal shows, also one that has ended. */
  bundleOf(terminal: vscode.Terminal): string | undefined {
    return [...this.#consoles].find(([, opened]) => opened.terminal === terminal)?.[0];
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
    const opened = this.#open(sessionName(name), 'terminal');
    this.#sessions.add(opened);
    opened.terminal.show(!focus);
    return opened.pty;
  }

  /** The same for the terminal drop-down, where VS Code opens the terminal. */
  sessionProfile(name: string): { pty: ConsolePseudoterminal; profile: vscode.TerminalProfile } {
    const pty = new ConsolePseudoterminal(this.log);
    this.#expected.add(pty);
    return {
      pty,
      profile: new vscode.TerminalProfile(optionsOf(pty, sessionName(name), 'terminal')),
    };
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
    return { terminal: vscode.window.createTerminal(optionsOf(pty, name, icon)), pty };
  }

  #remember(): void {
    const streams = [...this.#sessions].flatMap(({ pty }) => pty.stream ?? []);
    void this.state.update(consoleMemory, [...this.#consoles.keys()]);
    void this.state.update(sessionMemory, streams);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }
}

function sessionName(name: string): string {
  return vscode.l10n.t('shell · {0}', visible(name));
}

function optionsOf(
  pty: ConsolePseudoterminal,
  name: string,
  icon: string,
): vscode.ExtensionTerminalOptions {
  return { name, pty, iconPath: new vscode.ThemeIcon(icon), isTransient: true };
}
