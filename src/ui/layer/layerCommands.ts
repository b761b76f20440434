/** The commands of Source Control for scratch layers: open, apply and discard a change, some, or all of them. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { pathsOf } from '../../core/overlay/changeLine';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { LayerChange } from '../../protocol/layer';
import { showModal, showProgress } from '../notifications';
import type { Container } from '../model/container';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import type { ChangeRow } from './ChangeSource';

/** Of changes that are named in a question or an error. */
const namesShown = 5;

export async function openChange(target: unknown): Promise<void> {
  const { change, source } = requireRow(target);
  const [before, after] = source.sidesOf(change);
  const name = escapeControlCharacters(
    change.from ? `${change.from} → ${change.path}` : change.path,
  );
  await vscode.commands.executeCommand(
    'vscode.diff',
    ...[before, after, source.kind.diffTitle(name), { preview: true }],
  );
}

/** @param target a row, or the group of all */
export async function change(
  services: Services,
  action: 'apply' | 'discard',
  target: unknown,
  selected: unknown,
): Promise<void> {
  requireTrustedLinux();
  const rows = rowsOf(target, selected);
  const { container } = rows[0]!.source;
  const changes = rows.map((row) => row.change);
  if (action === 'discard') await confirmDiscard(container, changes);
  const link = await services.helpers.require(container.info?.privilege);
  const { t } = vscode.l10n;
  const name = escapeControlCharacters(container.name);
  const title =
    action === 'apply'
      ? t('Applying changes to the rootfs of {0}', name)
      : t('Discarding changes of {0}', name);
  // Never all of them without their names: what came meanwhile nobody was asked about.
  const paths = pathsOf(changes);
  if (action === 'apply') rows[0]!.source.willApply?.(paths);
  const { failed } = await showProgress({ title }, () =>
    link.request('changeLayer', { bundle: container.bundle, action, paths }),
  );
  services.layers.changed?.();
  if (failed.length === 0) return;
  const shown = failed.slice(0, namesShown).map((one) => `${one.path} (${one.reason})`);
  throw new TerrariumError(
    'changes-left',
    action === 'apply'
      ? t('Not every change could be applied: {0}.', escapeControlCharacters(shown.join(', ')))
      : t('Not every change could be discarded: {0}.', escapeControlCharacters(shown.join(', '))),
    t('Files that root made need sudo: choose that privilege, and try again.'),
  );
}

async function confirmDiscard(container: Container, changes: readonly LayerChange[]) {
  const { t } = vscode.l10n;
  const names = changes.slice(0, namesShown).map(({ path }) => escapeControlCharacters(path));
  const more = changes.length - names.length;
  const list = more > 0 ? t('{0} and {1} more', names.join(', '), more) : names.join(', ');
  const isLive = container.state !== 'stopped';
  const discard = t('Discard');
  const answer = await showModal(
    'warning',
    changes.length === 1
      ? t('Discard what was done to {0} in the scratch layer?', names[0]!)
      : t('Discard {0} changes of the scratch layer?', changes.length),
    [
      ...(changes.length === 1 ? [] : [list]),
      t('It cannot be undone.'),
      ...(isLive
        ? [
            t(
              'The container runs and sees it at once. A program that has such a file open goes on with what was discarded, and what it writes there is lost.',
            ),
          ]
        : []),
    ].join('\n\n'),
    discard,
  );
  if (answer !== discard) throw new vscode.CancellationError();
}

function isRow(target: unknown): target is ChangeRow {
  return typeof target === 'object' && target !== null && 'change' in target && 'source' in target;
}

function requireRow(target: unknown): ChangeRow {
  if (isRow(target)) return target;
  throw noChange();
}

function rowsOf(target: unknown, selected: unknown): ChangeRow[] {
  const more = Array.isArray(selected) ? (selected as unknown[]) : [selected];
  const rows = [target, ...more].filter(isRow);
  const group = (target ?? {}) as { readonly resourceStates?: unknown };
  const all = Array.isArray(group.resourceStates) ? (group.resourceStates as unknown[]) : [];
  const found = rows.length > 0 ? rows : all.filter(isRow);
  if (found.length === 0) throw noChange();
  return [...new Set(found)];
}

function noChange(): TerrariumError {
  const { t } = vscode.l10n;
  return new TerrariumError(
    'no-change',
    t('No change of a scratch layer is chosen.'),
    t('Choose one in Source Control, below “Layer of …”.'),
  );
}
