/**
 * Hands what was exported to an engine that takes over: an image to skopeo(1), a manifest to kubectl(1). Each runs
 * in a terminal after a question, with the person's own configuration. Called by exportContainer.ts and by the commands.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { imageNameText, parseImageName } from '../../core/image/imageName';
import { filenameWord } from '../../core/kubernetes/filenameWord';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ExportReport } from '../../protocol/exports';
import { showModal } from '../notifications';
import { promptImageName } from '../pick/promptImageName';
import { findProgram, runProgram } from './runProgram';

/** @returns its path @throws TerrariumError `tool-missing` */
export function requireSkopeo(): Promise<string> {
  return findProgram('skopeo', vscode.l10n.t('Install the package skopeo.'));
}

/** @returns its path @throws TerrariumError `tool-missing` */
export function requireKubectl(): Promise<string> {
  return findProgram('kubectl', vscode.l10n.t('Install kubectl, and a configuration for it.'));
}

/**
 * Returns when skopeo has ended.
 * @param name in the registry, where it has been asked for
 * @throws TerrariumError `tool-missing`, `word-unfit`; CancellationError
 */
export async function pushImage(
  { format, target, reference = '' }: ExportReport,
  name?: string,
): Promise<void> {
  const { t } = vscode.l10n;
  const skopeo = await requireSkopeo();
  if (target.includes(':'))
    throw new TerrariumError(
      'word-unfit',
      t('skopeo takes no file whose path has a colon: {0}', escapeControlCharacters(target)),
      t('Export it to another folder.'),
    );
  const image = name ?? (await promptImageName(t('Push: Name in the Registry'), reference));
  const { tag } = parseImageName(reference);
  // Both forms hold the layout, and its manifest arrives with the digest that it has here.
  const source = `${format === 'oci' ? 'oci' : 'oci-archive'}:${target}:${tag}`;
  const words = ['copy', source, `docker://${imageNameText(parseImageName(image))}`];
  const button = t('Push');
  const question = t('Push {0} to {1}?', nameOf(target), image);
  const detail = t(
    'skopeo copies it in a terminal, with your own logins and policy:\n\n{0}',
    ['skopeo', ...words].map(escapeControlCharacters).join(' '),
  );
  if ((await showModal('information', question, detail, button)) !== button)
    throw new vscode.CancellationError();
  await runProgram(t('Push {0}', image), skopeo, words);
}

/** Returns when kubectl has ended. @throws TerrariumError `tool-missing`, `cluster-unknown`, `word-unfit`; CancellationError */
export async function applyManifest({ target, hostPaths }: ExportReport): Promise<void> {
  const { t } = vscode.l10n;
  const kubectl = await requireKubectl();
  const context = await currentContext(kubectl);
  // What was asked about holds, also where another context is chosen meanwhile.
  const words = [`--context=${context}`, 'apply', filenameWord(target)];
  const shown = escapeControlCharacters(context);
  const button = t('Apply');
  const question = t('Apply {0} to the cluster of “{1}”?', nameOf(target), shown);
  const mounts = hostPaths.map((one) => escapeControlCharacters(one)).join(', ');
  const detail = [
    t(
      'kubectl does it in a terminal, with your own configuration:\n\n{0}',
      ['kubectl', ...words].map(escapeControlCharacters).join(' '),
    ),
    ...(mounts === '' ? [] : [t('The Pod mounts these folders of its node: {0}.', mounts)]),
  ].join('\n\n');
  if ((await showModal('warning', question, detail, button)) !== button)
    throw new vscode.CancellationError();
  await runProgram(t('Apply {0}', nameOf(target)), kubectl, words);
}

async function currentContext(kubectl: string): Promise<string> {
  const { execa } = await import('../../core/lazy');
  const { failed, stdout } = await execa(kubectl, ['config', 'current-context'], {
    ...{ cwd: '/', stdin: 'ignore', reject: false, timeout: 10_000 },
  });
  const context = stdout?.trim();
  if (!failed && context) return context;
  throw new TerrariumError(
    'cluster-unknown',
    vscode.l10n.t('kubectl is configured for no cluster.'),
    vscode.l10n.t('Choose one: “kubectl config use-context NAME”.'),
  );
}

/** For people. */
function nameOf(file: string): string {
  return escapeControlCharacters(path.basename(file));
}
