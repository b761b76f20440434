/** "Open config.json": opens the configuration of a container. */
import path from 'node:path';
import * as vscode from 'vscode';
import { pickWithConfig } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickWithConfig(services, target, t('Open config.json'));
  const file = vscode.Uri.file(path.join(container.folder, 'config.json'));
  await vscode.window.showTextDocument(file, { preview: false });
}
