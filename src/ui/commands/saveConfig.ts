/** "Save Configuration Beside Folder": makes a bundle of a plain root filesystem, with a config.json to edit. */
import { realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { looksLikeRootfs } from '../../core/bundle/looksLikeRootfs';
import { codeOf } from '../../core/bundle/fileProblem';
import { formatConfig } from '../../core/config/formatConfig';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { chosenPrivilege } from '../services/chosenPrivilege';
import { pickRootfsFolder } from '../pick/pickRootfsFolder';
import type { Services } from '../services/Services';

/**
 * Saves beside the rootfs and not in it: the container can write every file of its rootfs.
 * @param target a folder in the Explorer
 */
export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const folder = await pickRootfsFolder(services, target, t('Save Configuration Beside Folder'));
  // In a root filesystem the container could write config.json, and the folder would be of both kinds.
  const parent = path.dirname(folder);
  if (await looksLikeRootfs(parent))
    throw new TerrariumError(
      'parent-is-rootfs',
      t(
        '{0} is a root filesystem itself: a config.json there would be the container’s to write.',
        escapeControlCharacters(parent),
      ),
      t(
        'Move {0} into a folder of its own and try again.',
        escapeControlCharacters(path.basename(folder)),
      ),
    );
  const name = path.basename(folder);
  const file = path.join(parent, 'config.json');
  const { defaultConfigFor, rootShell } = await import('../../core/lazy');
  const config = {
    ...defaultConfigFor(name, await rootShell(await realpath(folder)), chosenPrivilege()),
    root: { path: name },
  };
  try {
    await writeFile(file, formatConfig(config), { flag: 'wx' });
  } catch (error) {
    const taken = codeOf(error) === 'EEXIST';
    throw new TerrariumError(
      taken ? 'config-taken' : 'config-unwritable',
      taken
        ? t('{0} is there already.', escapeControlCharacters(file))
        : t('{0} cannot be written ({1}).', escapeControlCharacters(file), codeOf(error) ?? ''),
      t('Move {0} into a folder of its own and try again.', escapeControlCharacters(name)),
      { cause: error },
    );
  }
  await services.containers.refresh();
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}
