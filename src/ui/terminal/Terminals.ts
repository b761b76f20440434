/** The terminals of this window: one console for each container, and its sessions. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import { ConsolePseudoterminal } from './ConsolePseudoterminal';

interface Opened {
  readonly terminal: vscode.Terminal;
  readonly pty: ConsolePseudoterminal;
}

const memory = 'terrarium.consoles';

export class Terminals implements vscode.Disposable {
  readonly #consoles = new Map<string, Opened>();
  readonly #listener: vscode.Disposable;

  constructor(
    private readonly state: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#listener = vscode.window.onDidCloseTerminal((closed) => {
      for (const [bundle, { terminal }] of this.#consoles)
        if (terminal === closed) {
          this.#consoles.delete(bundle);
          this.#remember();
        }
    });
  }

  /** The console of a container where this window has it open and it has not ended. */
  console(bundle: string): Opened | undefined {
    const opened = this.#consoles.get(bundle);
    return opened && !opened.pty.ended ? opened : undefined;
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

  openSession(name: string): ConsolePseudoterminal {
    const opened = this.#open(vscode.l10n.t('{0} (shell)', visible(name)), 'terminal');
    opened.terminal.show();
    return opened.pty;
  }

  /** Bundles whose console this window had open, also before it was reloaded. */
  remembered(): string[] {
    return this.state.get<string[]>(memory, []);
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
    void this.state.update(memory, [...this.#consoles.keys()]);
  }

  dispose(): void {
    this.#listener.dispose();
  }
}
