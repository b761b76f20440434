/** The notebook of steps that a command is for. Called by the commands on starts that go step by step. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { isContainerRow } from '../../model/rows';
import type { TerminalServices } from '../../terminal/TerminalServices';
import { stepsType } from '../lessonType';
import { loadSteps } from './register';
import type { SteppedStart } from './SteppedStart';
import { startOver } from './StepsController';
import { stepsScheme } from './stepsUri';

/**
 * @param target a cell, what VS Code hands over from a notebook's toolbar, a row or a URI; else the notebook
 * in front is meant, or the only start that waits
 * @throws TerrariumError `no-steps`, `steps-elsewhere`
 */
export async function stepsNotebook(
  services: TerminalServices,
  target: unknown,
): Promise<vscode.Uri> {
  const { t } = vscode.l10n;
  const controller = await loadSteps(services);
  if (isContainerRow(target)) {
    const { info, name } = target.container;
    const [found] = info ? controller.waiting(info.id) : [];
    if (found) return found;
    throw new TerrariumError(
      'steps-elsewhere',
      t('The start of {0} was begun in another window.', escapeControlCharacters(name)),
      t('Go on there, or cancel it.'),
    );
  }
  const inFront = vscode.window.activeNotebookEditor?.notebook;
  const given =
    uriOf(target) ?? (inFront?.notebookType === stepsType ? inFront.uri : controller.waiting()[0]);
  if (given?.scheme === stepsScheme) return given;
  throw new TerrariumError(
    'no-steps',
    t('No start that goes step by step is open.'),
    t('Begin one with “Start Container Step by Step”.'),
  );
}

/** @throws as `stepsNotebook`; `start-over` */
export async function waitingStart(
  services: TerminalServices,
  target: unknown,
): Promise<SteppedStart> {
  const notebook = await stepsNotebook(services, target);
  const start = (await loadSteps(services)).get(notebook);
  if (start?.state !== 'waits') throw startOver(notebook, start?.state);
  return start;
}

export function isCell(target: unknown): target is vscode.NotebookCell {
  return typeof target === 'object' && target !== null && 'notebook' in target && 'index' in target;
}

function uriOf(target: unknown): vscode.Uri | undefined {
  if (target instanceof vscode.Uri) return target;
  if (isCell(target)) return target.notebook.uri;
  const { notebookEditor } = (target ?? {}) as { notebookEditor?: { notebookUri?: unknown } };
  const uri = notebookEditor?.notebookUri;
  return uri instanceof vscode.Uri ? uri : undefined;
}
