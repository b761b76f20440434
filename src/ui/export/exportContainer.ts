/**
 * Makes an archive, an image or a manifest of a container: with progress and a cancel button, and what came of it
 * as a message, whose buttons hand it on. Called by "Export…".
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ExportFormat } from '../../protocol/exportFormats';
import type { ExportReport } from '../../protocol/exports';
import { showMessage, showProgress } from '../notifications';
import { showError } from '../showError';
import type { Services } from '../services/Services';
import { exportPage, exportRemarks } from './exportTexts';
import { applyManifest, pushImage } from './handOver';
import { runExport } from './runExport';

export interface ExportedContainer {
  readonly name: string;
  readonly bundle: string;
  readonly format: ExportFormat;
  /** Absolute path. */
  readonly target: string;
  /** The person has agreed that a file is replaced. */
  readonly replace: boolean;
  readonly reproducible: boolean;
  /** Of its scratch layer: that alone, or in an image above the rootfs. */
  readonly layer?: boolean;
  /** Name of the image, where the format has one. */
  readonly image: string | undefined;
}

/** @throws CancellationError, and as `runExport`; no file is left then */
export async function exportContainer(
  services: Services,
  container: ExportedContainer,
): Promise<void> {
  const report = await exportTo(services, container);
  // The command has ended: its message may stay for long.
  void tell(services, container, report).catch((error: unknown) => showError(services, error));
}

/** With progress, and without a message at its end. @throws as `exportContainer` */
export async function exportTo(
  { context }: Services,
  { name, bundle, format, target, replace, reproducible, image, layer }: ExportedContainer,
): Promise<ExportReport> {
  const { progressText } = await import('../model/words/lazy');
  const { t } = vscode.l10n;
  const abort = new AbortController();
  const words = [
    ...['--bundle', '--format', format],
    ...(image === undefined ? [] : ['--name', image]),
    ...(reproducible ? ['--reproducible'] : []),
    ...(replace ? ['--force'] : []),
    ...[bundle, target],
  ];
  const title = t('Exporting {0}', escapeControlCharacters(name));
  return showProgress({ title, cancellable: true }, (show, token) => {
    token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
    const onProgress = (progress: Parameters<typeof progressText>[0]) =>
      show(progressText(progress, t), 0);
    const command = layer ? (['layer', 'save'] as const) : (['export'] as const);
    return runExport(context, { command, words, name, signal: abort.signal, onProgress });
  });
}

async function tell(
  { pages }: Services,
  { name, bundle }: ExportedContainer,
  report: ExportReport,
): Promise<void> {
  const { t } = vscode.l10n;
  const { format, target } = report;
  const [push, apply, page] = [t('Push…'), t('Apply…'), t('Show Report')];
  const handOn =
    format === 'pod' ? [apply] : format === 'oci' || format === 'docker-archive' ? [push] : [];
  const shown = escapeControlCharacters(path.basename(target));
  const picked = await showMessage(
    'information',
    [
      t('{0} is exported as {1}.', escapeControlCharacters(name), shown),
      ...exportRemarks(report, t),
    ].join(' '),
    ...[...handOn, page],
  );
  if (picked === push) await pushImage(report);
  if (picked === apply) await applyManifest(report);
  if (picked === page)
    await pages.show(
      t('Export of {0}', escapeControlCharacters(name)),
      exportPage(bundle, report, t),
    );
}
