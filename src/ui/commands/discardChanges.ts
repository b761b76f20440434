/** "Discard": changes of a scratch layer go, and what the rootfs has is seen again. Called from Source Control. */
import type { Services } from '../services/Services';

/**
 * @param target a change, or the group of all
 * @param selected all changes that are selected
 */
export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const { layerCommands } = await import('../layer/layers');
  await layerCommands.change(services, 'discard', target, selected);
}
