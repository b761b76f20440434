/** The terminals of this window: at most one console for each container, and sessions. Made by `extension.ts`. */
import * as vscode from 'vscode';
import { withoutIcons } from '../model/withoutIcons';
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
  /** Sessions of a terminal profile, until VS Code opens their terminals. */
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
      terminal.show(); // a terminal profile was chosen: the terminal gets the focus
    });
    this.#listeners = [onClose, onOpen];
  }

  /** The open console of a container; undefined where it is not open, or has ended. */
  console(bundle: string): Opened | undefined {
    const opened = this.#consoles.get(bundle);
    return opened && !opened.pty.ended ? opened : undefined;
  }

  /** The bundle whose console the terminal shows, also after it has ended. */
  bundleOf(terminal: vscode.Terminal): string | undefined {
    return [...this.#consoles].find(([, opened]) => opened.terminal === terminal)?.[0];
  }

  /** The terminal that shows this session. */
  session(stream: string): Opened | undefined {
    return [...this.#sessions].find(({ pty }) => pty.stream === stream && !pty.ended);
  }

  /** Opens a terminal for a console, and closes the one of an earlier run. */
  openConsole(bundle: string, name: string, { focus }: { focus: boolean }): ConsolePseudoterminal {
    this.#consoles.get(bundle)?.terminal.dispose();
    const opened = this.#open(withoutIcons(name), 'terminal-linux');
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

  /** As `openSession` for a terminal profile: VS Code opens the terminal. */
  sessionProfile(name: string): { pty: ConsolePseudoterminal; profile: vscode.TerminalProfile } {
    const pty = new ConsolePseudoterminal(this.log);
    this.#expected.add(pty);
    return {
      pty,
      profile: new vscode.TerminalProfile(optionsOf(pty, sessionName(name), 'terminal')),
    };
  }

  /** Shows a session in its terminal, and remembers it for "Reload Window". */
  async attachSession(pty: ConsolePseudoterminal, link: HelperLink, stream: string): Promise<void> {
    await pty.attach(link, stream);
    this.#remember();
  }

  /** The bundles whose consoles are open, and the sessions: those of before "Reload Window" as well. */
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
  return vscode.l10n.t('shell · {0}', withoutIcons(name));
}

function optionsOf(
  pty: ConsolePseudoterminal,
  name: string,
  icon: string,
): vscode.ExtensionTerminalOptions {
  return { name, pty, iconPath: new vscode.ThemeIcon(icon), isTransient: true };
}
