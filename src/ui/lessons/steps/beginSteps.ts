/** Begins a start that goes step by step, and opens its notebook. Called by "Start Container Step by Step" and "Restart Steps". */
import * as vscode from 'vscode';
import { commandIds } from '../../commandIds';
import { requireTrustedLinux } from '../../services/trust';
import { type StartTarget, helperForStart, startFailure } from '../../terminal/startErrors';
import type { TerminalServices } from '../../terminal/TerminalServices';
import { stepsType } from '../lessonType';
import { loadSteps } from './register';
import { SteppedStart } from './SteppedStart';

/** The size until its console is on the screen, which then says its own. */
const size = { cols: 80, rows: 24 };

/**
 * Resolves when its notebook is open, and nothing has been done yet.
 * @throws TerrariumError why it cannot start, with buttons for the remedy
 */
export async function beginSteps(
  services: TerminalServices,
  target: StartTarget,
  viewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  requireTrustedLinux();
  const link = await helperForStart(services, target, commandIds.startStepByStep);
  const { bundle, kind } = target;
  const began = await link
    .request('start', { bundle, kind, stepwise: true, ...size })
    .catch((error: unknown) => {
      throw startFailure(target, error);
    });
  try {
    const start = await SteppedStart.of(link, began);
    const controller = await loadSteps(services);
    await openSteps(controller.add(start), viewColumn);
  } catch (error) {
    // No tab would cancel it.
    await link.request('stop', { id: began.id, graceMs: 0 });
    throw error;
  }
}

/** Shows the notebook of a start. */
export async function openSteps(
  uri: vscode.Uri,
  viewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, stepsType, viewColumn);
}
