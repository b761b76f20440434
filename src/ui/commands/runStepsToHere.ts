/** "Run to Here": carries out the steps of a start down to a cell. */
import * as vscode from 'vscode';
import { runSteps } from '../lessons/steps/runSteps';
import { isCell, stepsNotebook } from '../lessons/steps/stepsTarget';
import type { TerminalServices } from '../terminal/TerminalServices';

/** @param target a cell; else the selected one of the notebook in front is meant */
export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  const notebook = await stepsNotebook(services, target);
  const selected = vscode.window.activeNotebookEditor?.selection.end;
  await runSteps(notebook, isCell(target) ? target.index + 1 : selected);
}
