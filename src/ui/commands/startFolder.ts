/** "Start as Container": starts a folder that looks like a root filesystem, with the default configuration. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { pickRootfsFolder } from '../pick/pickRootfsFolder';
import { startBundle } from '../terminal/startBundle';
import { requireTrustedLinux } from '../services/trust';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const title = vscode.l10n.t('Start as Container');
  const folder = await pickRootfsFolder(services, target, title);
  const bundle = await realpath(folder);
  await startBundle(services, { bundle, name: path.basename(bundle), kind: 'folder' });
}
