/** What a scratch layer takes on the disk, as a sentence. For its row and for the question before it goes. */
import * as vscode from 'vscode';
import { formatBytes } from '../../core/tree/formatAmounts';
import type { LayerSize } from '../../protocol/layer';
import type { Container } from '../model/container';
import { allowedWords } from './rootfsBelow';
import { helperCommand } from './helperCommand';
import { layerLink } from './layerLink';
import type { Services } from './Services';

/** Of the command, in milliseconds. */
const timeout = 60_000;

/** Starts no helper that would ask for a password. @throws Error where not all of it may be looked into */
export async function sizeOfLayer(
  { helpers, context }: Services,
  container: Container,
): Promise<string> {
  const { bundle } = container;
  const link = layerLink({ helpers }, container);
  const { bytes, files }: LayerSize = link
    ? await link.request('layerSize', { bundle })
    : await ofCommand(context, bundle);
  return files === 1
    ? vscode.l10n.t('Its scratch layer takes {0}, in one file.', formatBytes(bytes))
    : vscode.l10n.t('Its scratch layer takes {0}, in {1} files.', formatBytes(bytes), files);
}

async function ofCommand(context: vscode.ExtensionContext, bundle: string): Promise<LayerSize> {
  const { LayerSize } = await import('../../core/lazy');
  return LayerSize.parse(
    JSON.parse(await helperCommand(context, ['layer', 'size', ...allowedWords(), bundle], timeout)),
  );
}
