/** "Apply to Cluster…": makes the manifest of a Pod of a container, and has kubectl apply it, after a question. */
import * as vscode from 'vscode';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { imageNameFor, imageNameText } from '../../core/image/imageName';
import { exportForHandOver } from '../export/exportForHandOver';
import { applyManifest, requireKubectl } from '../export/handOver';
import { noneWithConfig, pickContainer, withoutConfig } from '../pick/pickContainer';
import { promptImageName } from '../pick/promptImageName';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  requireTrustedLinux();
  await requireKubectl();
  const container = await pickContainer(services, target, {
    title: t('Apply to Cluster'),
    accepts: ({ isBundle }) => isBundle,
    none: noneWithConfig(),
    unfit: withoutConfig,
  });
  await refuseAmbiguous(container.bundle);
  const usual = imageNameText(imageNameFor(container.name));
  const image = await promptImageName(t('Apply: Image That the Pod Runs'), usual);
  const wanted = { format: 'pod', suffix: '-pod.yaml', image } as const;
  await exportForHandOver(services, container, wanted, applyManifest);
}
