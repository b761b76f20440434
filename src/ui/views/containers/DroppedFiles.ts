/** Files and folders that are dropped on the Containers view are imported. Used by `registerContainersView`. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../../core/errors';
import type { ContainerRow } from '../../model/rows';
import { nameFromFile } from '../../model/nameFromFile';
import { freeName, promptFolder } from '../../pick/promptNameAndFolder';
import type { Services } from '../../services/Services';
import { importContainer } from '../../services/importContainer';
import { requireTrustedLinux } from '../../services/trust';
import { showError } from '../../showError';

const uriList = 'text/uri-list';
/** VS Code's name for files of any type, as an operating system's file manager gives them. */
const files = 'files';

export class DroppedFiles implements vscode.TreeDragAndDropController<ContainerRow> {
  readonly dropMimeTypes = [uriList, files];
  readonly dragMimeTypes = [];

  constructor(private readonly services: Services) {}

  async handleDrop(_on: ContainerRow | undefined, dropped: vscode.DataTransfer): Promise<void> {
    try {
      requireTrustedLinux();
      const sources = await pathsOf(dropped);
      if (sources.length === 0) throw notHere();
      const parent = await promptFolder();
      for (const source of sources) {
        const name = await freeName(parent, nameFromFile(source));
        await importContainer(this.services, { source, parent, name });
      }
    } catch (error) {
      void showError(this.services, error);
    }
  }
}

/** Of files on this machine. A browser hands over what is in a file, and not where it lies. */
async function pathsOf(dropped: vscode.DataTransfer): Promise<string[]> {
  const list = (await dropped.get(uriList)?.asString()) ?? '';
  const uris = list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
  for (const [, item] of dropped) {
    const uri = item.asFile()?.uri;
    if (uri) uris.push(uri);
  }
  return [...new Set(uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath))];
}

function notHere(): TerrariumError {
  const { t } = vscode.l10n;
  return new TerrariumError(
    'drop-not-here',
    t('What was dropped is no file of the machine on which containers run.'),
    t('Copy it there, for example into the Explorer, and choose it with "New Container…".'),
  );
}
