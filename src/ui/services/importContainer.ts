/**
 * Makes a container of an archive, an image, a folder or a distribution: with progress and a cancel button, and what
 * came of it as a message. Called by "New Container…" and where a file is dropped on the Containers view.
 */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { formatBytes } from '../../core/tree/formatAmounts';
import type { Privilege } from '../../protocol/container';
import type { ImportReport } from '../../protocol/imports';
import { showMessage, showModal, showProgress } from '../notifications';
import { startAction } from '../showError';
import type { Services } from './Services';
import { choosePrivilege } from './choosePrivilege';
import { type ImportRun, requestImport, runImport } from './runImport';
import { tickTour } from './tour';
import { requireTrustedLinux } from './trust';

export interface ImportedContainer {
  /** Absolute path of what is imported, `container:` and one, `docker://…` or `suite:…`. */
  readonly source: string;
  /** Of a container: it runs on a scratch layer. */
  readonly layer?: boolean;
  /** Of a container that runs: with it the copy is made; else with what containers are started with. */
  readonly privilege?: Privilege;
  /** Of a distribution. */
  readonly variant?: string;
  readonly include?: string;
  /** Folder that the bundle is made in. */
  readonly parent: string;
  readonly name: string;
}

/** @throws CancellationError, and as `runImport`; no file is left then */
export async function importContainer(
  services: Services,
  container: ImportedContainer,
): Promise<void> {
  requireTrustedLinux();
  const report = await importing(services, container)
    .catch(async (error: unknown) => {
      if (!(error instanceof TerrariumError && error.code === 'archive-too-large')) throw error;
      return importing(services, container, await confirmedSize(container, error));
    })
    .catch((error: unknown) => {
      throw error instanceof TerrariumError ? named(container, error) : error;
    });
  await services.containers.refresh();
  tickTour('made');
  await services.reveal.container?.(report.bundle);
  void tell(services, container, report).catch((error: unknown) =>
    services.log.error(error as Error),
  );
}

/** Several may run at once, and of an archive the problem is the same. */
function named({ name }: ImportedContainer, error: TerrariumError): TerrariumError {
  const { t } = vscode.l10n;
  const problem = t('{0} was not made: {1}', escapeControlCharacters(name), error.problem);
  return new TerrariumError(error.code, problem, error.remedy, { cause: error });
}

async function importing(
  { context, helpers, log, pages }: Services,
  { parent, name, privilege: own, ...wanted }: ImportedContainer,
  maxSize?: number,
): Promise<ImportReport> {
  // What the container is started with holds for its files too.
  const privilege = own ?? (await choosePrivilege({ context, log, pages }));
  const isOwn = privilege === 'rootless' || process.geteuid?.() === 0;
  const link = isOwn ? undefined : await helpers.require(privilege);
  const { percentOf, progressText } = await import('../model/words/lazy');
  const abort = new AbortController();
  const title = vscode.l10n.t('Making {0}', escapeControlCharacters(name));
  return showProgress({ title, cancellable: true }, (show, token) => {
    token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
    let done = 0;
    const bundle = path.join(parent, name);
    let wasFetched = false;
    const run: ImportRun = {
      wish: { ...wanted, bundle, ...(maxSize === undefined ? {} : { maxSize }) },
      signal: abort.signal,
      onProgress: (progress) => {
        wasFetched ||= progress.stage === 'fetch';
        const percent = percentOf(progress, wasFetched);
        show(progressText(progress, vscode.l10n.t), Math.max(0, percent - done));
        done = Math.max(done, percent);
      },
    };
    return link ? requestImport(link, run) : runImport(context, run);
  });
}

/** @returns the bytes that are free where the bundle is made @throws CancellationError */
async function confirmedSize(
  { source, parent, name }: ImportedContainer,
  { problem }: TerrariumError,
): Promise<number> {
  const { t } = vscode.l10n;
  const { bavail, bsize } = await statfs(parent);
  const free = bavail * bsize;
  const button = t('Import Nevertheless');
  const question = t(
    'Import {0}, although it unpacks to far more than it holds?',
    escapeControlCharacters(path.basename(source)),
  );
  const detail = t(
    '{0} Small archives can be made to fill a disk: go on only if you know where this one comes from. It may then take all of the {1} that are free where {2} is made.',
    ...[problem, formatBytes(free), escapeControlCharacters(name)],
  );
  if ((await showModal('warning', question, detail, button)) !== button)
    throw new vscode.CancellationError();
  return free;
}

async function tell(
  { pages }: Services,
  { source, name }: ImportedContainer,
  report: ImportReport,
): Promise<void> {
  const { remarks, reportPage } = await import('../model/words/lazy');
  const { t } = vscode.l10n;
  const start = startAction(vscode.Uri.file(report.bundle));
  const notes = remarks(report, t);
  const showReport = t('Show Report');
  const picked = await showMessage(
    notes.length > 0 ? 'warning' : 'information',
    [t('The container {0} is ready.', escapeControlCharacters(name)), ...notes].join(' '),
    ...[start.title, ...(notes.length > 0 ? [showReport] : [])],
  );
  if (picked === start.title) await start.run();
  if (picked === showReport)
    await pages.show(
      t('Import of {0}', escapeControlCharacters(name)),
      reportPage(source, report, t),
    );
}
