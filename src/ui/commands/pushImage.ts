/** "Push Image…": makes an image of a container, and has skopeo copy it to a registry, after a question. */
import * as vscode from 'vscode';
import { type HandedOver, exportForHandOver } from '../export/exportForHandOver';
import { pushImage, requireSkopeo } from '../export/handOver';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  requireTrustedLinux();
  await requireSkopeo();
  const wanted: HandedOver = {
    title: t('Push Image'),
    prompt: t('Push: Name in the Registry'),
    format: 'oci-archive',
    suffix: '-image.tar',
  };
  await exportForHandOver(services, target, wanted, pushImage);
}
