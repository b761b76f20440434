/** Shows an error to the user, and logs it. Called by `registerCommands` and event handlers only. */
import * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../core/errors';
import { escapeControlCharacters } from '../core/text/escapeControlCharacters';
import { commandIds } from './commandIds';
import { showMessage } from './notifications';

/** A button of a notification. */
export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/** An expected failure with buttons of its own. */
export class ActionError extends TerrariumError {
  /** One of another bundle counts, as for `TerrariumError`. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof TerrariumError && 'actions' in value;
  }

  constructor(
    error: TerrariumError,
    readonly actions: readonly Action[],
  ) {
    super(error.code, error.problem, error.remedy, { cause: error });
  }
}

/** The user cancelled: nothing is shown. */
export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

/** The command that failed: a button may remove the cause and run it again. */
export interface Attempt {
  /** The bundle that the command was called on, where it is known. */
  readonly bundle?: vscode.Uri | undefined;
  readonly again: () => unknown;
}

/** Shows one notification, and logs the error with its causes. Resolves when the clicked button is done. */
export async function showError(
  { log }: { readonly log: vscode.LogOutputChannel },
  error: unknown,
  attempt?: Attempt,
): Promise<void> {
  if (isCancelled(error)) return;
  const text = escapeControlCharacters(messageOf(error)).trim();
  if (error instanceof TerrariumError) log.warn(`${error.code}: ${text}${causes(error)}`);
  else log.error(error instanceof Error ? (error.stack ?? text) : text);
  const actions = actionsOf(error, attempt);
  const picked = await showMessage('error', text, ...actions.map(({ title }) => title));
  await actions.find(({ title }) => title === picked)?.run();
}

/** The causes of an expected failure, for the log. */
function causes(error: TerrariumError): string {
  const { cause } = error;
  if (cause === undefined) return '';
  if (cause instanceof TerrariumError) return causes(cause);
  return `\n${cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause)}`;
}

/**
 * The buttons of an error: its own or those for its code, and the commands that its remedy names. An
 * unexpected error gets "Show Log".
 */
function actionsOf(error: unknown, attempt?: Attempt): readonly Action[] {
  if (!(error instanceof TerrariumError)) return [showLog()];
  const own = error instanceof ActionError ? error.actions : (byCode[error.code]?.(attempt) ?? []);
  const titles = new Set(own.map(({ title }) => title));
  const named = remedyCommands()
    .filter(({ title }) => !titles.has(title))
    .filter(({ name, title }) =>
      [name, title.replace('…', '')].some((word) => error.remedy.includes(word)),
    )
    .map(({ title, id }) => ({ title, run: () => vscode.commands.executeCommand(id) }));
  return [...own, ...named];
}

const byCode: Readonly<Record<string, (attempt?: Attempt) => Action[]>> = {
  paused: (attempt) => [
    {
      title: vscode.l10n.t('Resume Container'),
      run: async () => {
        await vscode.commands.executeCommand(commandIds.resumeContainer, attempt?.bundle);
        await attempt?.again();
      },
    },
  ],
  'not-running': (attempt) => [startAction(attempt?.bundle)],
  'container-unknown': (attempt) => [startAction(attempt?.bundle)],
  'helper-gone': (attempt) => [startAction(attempt?.bundle)],
  'helper-lost': (attempt) => [startAction(attempt?.bundle)],
};

/** @param bundle undefined: the user picks, where there are several */
export function startAction(bundle?: vscode.Uri): Action {
  return {
    title: vscode.l10n.t('Start Container'),
    run: () => vscode.commands.executeCommand(commandIds.startContainer, bundle),
  };
}

export function newContainerAction(): Action {
  return {
    title: vscode.l10n.t('New Container…'),
    run: () => vscode.commands.executeCommand(commandIds.newContainer),
  };
}

/** The commands that a remedy can name: the helper's remedies in English, the extension's translated. */
function remedyCommands(): { name: string; title: string; id: string }[] {
  const { t } = vscode.l10n;
  return [
    { name: 'New Container', title: t('New Container…'), id: commandIds.newContainer },
    { name: 'Choose Privilege', title: t('Choose Privilege…'), id: commandIds.choosePrivilege },
    { name: 'Check This Machine', title: t('Check This Machine'), id: commandIds.checkMachine },
    { name: 'Show Log', title: t('Show Log'), id: commandIds.showLog },
    {
      name: 'Clear Process Filter',
      title: t('Clear Process Filter'),
      id: commandIds.clearProcessFilter,
    },
    {
      name: 'Show Containers as a Picture',
      title: t('Show Containers as a Picture'),
      id: commandIds.showPicture,
    },
  ];
}

function showLog(): Action {
  return {
    title: vscode.l10n.t('Show Log'),
    run: () => vscode.commands.executeCommand(commandIds.showLog),
  };
}
