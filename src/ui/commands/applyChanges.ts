/** "Apply to Rootfs": changes of a scratch layer become those of the rootfs. Called from Source Control. */
import type { Services } from '../services/Services';

/**
 * @param target a change, or the group of all
 * @param selected all changes that are selected
 */
export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  await (await import('../layer/layers')).layerCommands.change(services, 'apply', target, selected);
}
