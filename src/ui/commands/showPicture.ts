/** "Show Containers as a Picture": the machine and its containers as nested boxes of namespaces. */
import type { Services } from '../services/Services';
import { isContainerRow } from '../model/rows';

/** @param target a row of a container, which is selected in the picture */
export async function run(services: Services, target?: unknown): Promise<void> {
  const { PicturePanel } = await import('../views/panels');
  PicturePanel.show(services);
  const id = isContainerRow(target) ? target.container.info?.id : undefined;
  if (id !== undefined) services.shared.selectedIn('containers', { containerId: id });
}
