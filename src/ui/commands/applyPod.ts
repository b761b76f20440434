/** "Apply to Cluster…": makes the manifest of a Pod of a container, and has kubectl apply it, after a question. */
import * as vscode from 'vscode';
import { type HandedOver, exportForHandOver } from '../export/exportForHandOver';
import { applyManifest, requireKubectl } from '../export/handOver';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  requireTrustedLinux();
  await requireKubectl();
  const wanted: HandedOver = {
    title: t('Apply to Cluster'),
    prompt: t('Apply: Image That the Pod Runs'),
    format: 'pod',
    suffix: '-pod.yaml',
  };
  await exportForHandOver(services, target, wanted, applyManifest);
}
