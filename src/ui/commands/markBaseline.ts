/**
 * "Mark Baseline": remembers what is in a rootfs, so that Source Control shows what is different afterwards. Called from
 * the Containers view, Source Control or the Command Palette.
 */
import * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { formatBytes } from '../../core/tree/formatAmounts';
import type { BaselineReport } from '../../protocol/baseline';
import { markBaseline } from '../layer/baselineRequests';
import type { Container } from '../model/container';
import { showMessage, showProgress } from '../notifications';
import { ofControl } from '../pick/ofControl';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';
import { ActionError, showError } from '../showError';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const container = await pickContainer(services, ofControl(services, target), {
    title: t('Mark Baseline'),
    accepts: isBundle,
    none: [t('No container of this workspace has a folder of its own.'), makeOne()],
    unfit: ({ name }) => [t('{0} is a plain folder.', escapeControlCharacters(name)), makeOne()],
  });
  await mark(services, container);
}

/** A plain folder is a rootfs itself: what lies in it is in the container. */
function isBundle({ kind }: Container): boolean {
  return kind === 'bundle';
}

function makeOne(): string {
  return vscode.l10n.t(
    'Make a bundle of it with "Save Configuration Beside Folder", or with "New Container…".',
  );
}

async function mark(services: Services, container: Container): Promise<void> {
  const { t } = vscode.l10n;
  const abort = new AbortController();
  const title = t('Taking a baseline of {0}', escapeControlCharacters(container.name));
  const report = await showProgress({ title, cancellable: true }, (tell, token) => {
    token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
    return markBaseline(services, container, abort.signal, (entries) =>
      tell(t('{0} files', entries), 0),
    );
  }).then(undefined, (error: unknown) => {
    if (abort.signal.aborted || !hasMoreRights(services)) throw error;
    const failed = new TerrariumError(
      'baseline-failed',
      messageOf(error),
      t('With sudo more can be read and written.'),
    );
    throw new ActionError(failed, [
      { title: t('Mark With sudo'), run: () => markWithSudo(services, container) },
    ]);
  });
  await services.containers.refresh();
  services.layers.changed?.();
  say(services, container, report).catch((error: unknown) => showError(services, error));
}

/** A helper of sudo can be started, and has not been. */
function hasMoreRights({ helpers }: Services): boolean {
  return process.geteuid?.() !== 0 && !helpers.get('root');
}

async function markWithSudo(services: Services, container: Container): Promise<void> {
  await services.helpers.require('root');
  await mark(services, container);
}

async function say(services: Services, container: Container, report: BaselineReport) {
  const { t } = vscode.l10n;
  const { entries, texts, unread, size } = report;
  const name = escapeControlCharacters(container.name);
  const text = t(
    'The baseline of {0} is taken: {1} files, {2} of them with their text ({3}). Source Control shows what changes.',
    ...[name, entries, texts, formatBytes(size)],
  );
  const withSudo = t('Mark With sudo');
  const picked = await showMessage(
    unread > 0 ? 'warning' : 'information',
    unread > 0 ? `${text} ${t('{0} could not be read.', unread)}` : text,
    ...(unread > 0 && hasMoreRights(services) ? [withSudo] : []),
  );
  if (picked === withSudo) await markWithSudo(services, container);
}
