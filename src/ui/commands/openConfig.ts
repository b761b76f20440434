/** "Open config.json": opens the configuration of a container. */
import path from 'node:path';
import * as vscode from 'vscode';
import { noneWithConfig, pickContainer, withoutConfig } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Open config.json'),
    accepts: ({ isBundle }) => isBundle,
    none: noneWithConfig(),
    unfit: withoutConfig,
  });
  const file = vscode.Uri.file(path.join(container.folder, 'config.json'));
  await vscode.window.showTextDocument(file, { preview: false });
}
