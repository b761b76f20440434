/** Finds the processes that a command acts on: its rows, or the choice from a running container. Called by every command on processes. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { describeState } from '../../core/tree/describe';
import { processLabel } from '../../core/tree/processLabel';
import type { Services } from '../services/Services';
import { noneRunning, pickContainer } from './pickContainer';
import { withoutIcons } from '../model/withoutIcons';
import { type ProcessRow, type ProcessTarget, isProcessRow } from '../model/rows';

/** @throws CancellationError, TerrariumError `process-gone` and those of `pickContainer` */
export async function pickProcess(
  services: Services,
  target: unknown,
  title: string,
): Promise<ProcessTarget> {
  if (isProcessRow(target)) return ofRow(services, target);
  const { t } = vscode.l10n;
  const { info } = await pickContainer(services, undefined, {
    title,
    accepts: ({ state }) => state === 'running',
    none: noneRunning(),
  });
  if (!info) throw gone();
  const rows = await services.processes.snapshot(info.id);
  if (rows.length === 1) return { info, process: rows[0]!.info };
  const items = rows.map(({ info: process, depth }) => ({
    process,
    label: `${'\u2003'.repeat(depth)}${withoutIcons(processLabel(process).text)}`,
    description: t(
      'PID {0} · host {1} · {2}',
      process.pid,
      process.hostPid,
      t(describeState(process.state)),
    ),
    detail: withoutIcons(process.commandLine.slice(0, 200)),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Which process of {0}?', escapeControlCharacters(info.name)),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new vscode.CancellationError();
  return { info, process: picked.process };
}

/** The processes of all selected rows, where the clicked row is one of them. */
export async function pickProcesses(
  services: Services,
  target: unknown,
  selected: unknown,
  title: string,
): Promise<ProcessTarget[]> {
  const rows = Array.isArray(selected) ? selected.filter(isProcessRow) : [];
  if (rows.length < 2) return [await pickProcess(services, target, title)];
  return rows.map((row) => ofRow(services, row));
}

function ofRow({ containers, processes }: Services, row: ProcessRow): ProcessTarget {
  const info = containers.byId(row.containerId)?.info;
  const process = processes.of(row.containerId)?.tree.get(row.key)?.info;
  if (!info || !process) throw gone();
  return { info, process };
}

function gone(): TerrariumError {
  return new TerrariumError(
    'process-gone',
    vscode.l10n.t('The process has ended meanwhile.'),
    vscode.l10n.t('Nothing is left to do.'),
  );
}
