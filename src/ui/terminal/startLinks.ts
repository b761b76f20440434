/**
 * Turns the two command names that a console shows below the steps of its start into links
 * (helper/server/startSummary.ts writes them). Called by `extension.ts`.
 */
import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import type { TerminalServices } from './TerminalServices';

/** A line of the summary. A container can print the same line: it gets these two commands and no other. */
const summary = /^[!#] \d+ \w+(?: in all)? \((Terrarium: Show (Warnings|Start Sequence))\)$/;

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
