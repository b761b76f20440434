/** "Refresh Containers": searches the workspace and for helpers again. */
import type { Services } from '../services/Services';

export async function run({ containers, helpers }: Services): Promise<void> {
  await helpers.connectExisting();
  await containers.refresh();
}
