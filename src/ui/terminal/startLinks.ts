/**
 * Makes links of the commands that a console names below the steps of its start
 * (helper/server/startSummary.ts). Called by `extension.ts`.
 */
import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import type { TerminalServices } from './TerminalServices';

/** A line of the summary; the container can print it too, and gets no more than these two commands. */
const summary = /^[!#] \d+ \w+ \((Terrarium: Show (Warnings|Start Sequence))\)$/;

interface StartLink extends vscode.TerminalLink {
  readonly command: string;
  /** Real path. */
  readonly bundle: string;
}

export function registerStartLinks({ context, terminals }: TerminalServices): void {
  const provider: vscode.TerminalLinkProvider<StartLink> = {
    provideTerminalLinks: ({ line, terminal }) => {
      const [, name, what] = summary.exec(line.trimEnd()) ?? [];
      const bundle = terminals.bundleOf(terminal);
      if (name === undefined || bundle === undefined) return [];
      const command = what === 'Warnings' ? commandIds.showWarnings : commandIds.showStartSequence;
      return [{ startIndex: line.indexOf(name), length: name.length, command, bundle }];
    },
    handleTerminalLink: ({ command, bundle }) =>
      vscode.commands.executeCommand(command, vscode.Uri.file(bundle)),
  };
  context.subscriptions.push(vscode.window.registerTerminalLinkProvider(provider));
}
