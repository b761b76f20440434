/** "Push Image…": makes an image of a container, and has skopeo copy it to a registry, after a question. */
import * as vscode from 'vscode';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { imageNameFor, imageNameText } from '../../core/image/imageName';
import { exportForHandOver } from '../export/exportForHandOver';
import { pushImage, requireSkopeo } from '../export/handOver';
import { noneWithConfig, pickContainer, withoutConfig } from '../pick/pickContainer';
import { promptImageName } from '../pick/promptImageName';
import type { Services } from '../services/Services';
import { requireTrustedLinux } from '../services/trust';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  requireTrustedLinux();
  await requireSkopeo();
  const container = await pickContainer(services, target, {
    title: t('Push Image'),
    accepts: ({ isBundle }) => isBundle,
    none: noneWithConfig(),
    unfit: withoutConfig,
  });
  await refuseAmbiguous(container.bundle);
  const usual = imageNameText(imageNameFor(container.name));
  const image = await promptImageName(t('Push: Name in the Registry'), usual);
  const wanted = { format: 'oci-archive', suffix: '-image.tar', image } as const;
  await exportForHandOver(services, container, wanted, (report) => pushImage(report, image));
}
