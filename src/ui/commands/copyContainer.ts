/** "Copy as New Container…": makes a container of another one as it is at that moment, also while it runs. */
import path from 'node:path';
import * as vscode from 'vscode';
import { isBelow } from '../../core/fs/isBelow';
import { copyOf, pickCopied } from '../pick/pickSource';
import { promptNameAndFolder } from '../pick/promptNameAndFolder';
import type { Services } from '../services/Services';
import { importContainer } from '../services/importContainer';
import { openFolders } from '../services/openFolders';
import { requireTrustedLinux } from '../services/trust';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const container = await pickCopied(services, target);
  const beside = path.dirname(container.folder);
  const isOpen = openFolders().some(({ uri }) => isBelow(beside, uri.fsPath));
  const { name, parent } = await promptNameAndFolder(
    isOpen ? vscode.Uri.file(beside) : undefined,
    `${container.name}-copy`,
  );
  await importContainer(services, { ...copyOf(container), parent, name });
}
