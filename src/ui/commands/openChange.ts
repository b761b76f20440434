/** "Open Change": the two sides of a change of a scratch layer in the diff editor. Called from Source Control. */
import type { Services } from '../services/Services';

export async function run(_: Services, target?: unknown): Promise<void> {
  await (await import('../layer/layers')).layerCommands.openChange(target);
}
