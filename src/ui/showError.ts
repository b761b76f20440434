/** The one boundary where errors reach the person. Called by `registerCommands` and event handlers. */
import * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../core/errors';
import { visible } from '../core/text/visible';
import { commandIds } from './commands/ids';
import { say } from './say';
import type { Services } from './services/Services';

/** A button under a message, and what it does. */
export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/** An expected failure with buttons of its own. */
export class ActionError extends TerrariumError {
  constructor(
    error: TerrariumError,
    readonly actions: readonly Action[],
  ) {
    super(error.code, error.problem, error.remedy, { cause: error });
  }
}

/** The person has changed their mind: nothing to say. */
export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

/** One message, whole in the log. Resolves when it is gone and its button has done its work. */
export async function showError(services: Services, error: unknown): Promise<void> {
  if (isCancelled(error)) return;
  const text = visible(messageOf(error)).trim();
  if (error instanceof TerrariumError) services.log.warn(`${error.code}: ${text}${causes(error)}`);
  else services.log.error(error instanceof Error ? (error.stack ?? text) : text);
  const actions = [...actionsOf(error), showLog()];
  const picked = await say('error', text, ...actions.map(({ title }) => title));
  await actions.find(({ title }) => title === picked)?.run();
}

/** What is behind an expected failure: for the log only. */
function causes(error: TerrariumError): string {
  const { cause } = error;
  if (cause === undefined) return '';
  if (cause instanceof TerrariumError) return causes(cause);
  return `\n${cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause)}`;
}

function actionsOf(error: unknown): readonly Action[] {
  return error instanceof ActionError ? error.actions : [];
}

function showLog(): Action {
  return {
    title: vscode.l10n.t('Show Log'),
    run: () => vscode.commands.executeCommand(commandIds.showLog),
  };
}
