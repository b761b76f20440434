/** "Start as Container": a plain folder that looks like a root filesystem, with the default configuration. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { pickRootfsFolder } from '../pick/pickRootfsFolder';
import type { Services } from '../services/Services';
import { startBundle } from '../services/startBundle';
import { requireTrustedLinux } from '../services/trust';

export async function run(services: Services, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const title = vscode.l10n.t('Start as Container');
  const folder = await pickRootfsFolder(services, target, title);
  const bundle = await realpath(folder);
  await startBundle(services, { bundle, name: path.basename(bundle), kind: 'folder' });
}
