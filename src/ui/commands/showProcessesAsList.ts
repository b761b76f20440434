/** "Show as List": shows the processes of a container without their hierarchy. */
import type { Services } from '../services/Services';

export async function run({ arrangement }: Services): Promise<void> {
  await arrangement.change({ flat: true });
}
