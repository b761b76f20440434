/** The text of one side of a change, as the diff editor shows it. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { BaselineSide } from '../../protocol/baseline';
import type { Services } from '../services/Services';
import { sideOf } from './layerRequests';
import { parseSideUri } from './sideUri';

/** @returns bytes of a text as they are */
export async function sideText(services: Services, uri: vscode.Uri): Promise<string | Uint8Array> {
  const side = parseSideUri(uri);
  await services.containers.ready();
  // A URI names a bundle; nothing but those of this window is read.
  const container =
    side &&
    services.containers.all.find(({ bundle, kind }) => bundle === side.bundle && kind === 'bundle');
  if (!side || !container || side.path === '') return '';
  try {
    return textOf(await sideOf(services, container, side));
  } catch (error) {
    return vscode.l10n.t('It cannot be read: {0}', messageOf(error));
  }
}

function textOf(side: BaselineSide): string | Uint8Array {
  const { t } = vscode.l10n;
  switch (side.kind) {
    case 'missing':
      return '';
    case 'text':
      return Buffer.from(side.base64, 'base64');
    case 'link':
      return t('A symbolic link to {0}', side.target);
    case 'folder':
      return t('A folder');
    case 'special':
      return t('A device, a socket or a pipe');
    case 'digest':
      return side.digest === undefined
        ? t(
            'The baseline knows of this file that it had {0} bytes, and when it was changed.',
            side.size,
          )
        : t(
            'The baseline has no text of this file, only its size ({0} bytes) and its SHA-256 digest {1}',
            ...[side.size, side.digest],
          );
    case 'binary':
      return side.digest === undefined
        ? t('{0} bytes, too large to be shown', side.size)
        : t('{0} bytes that are no text, with the SHA-256 digest {1}', side.size, side.digest);
  }
}
