/** "Show as List": all processes of a container below each other. */
import type { Services } from '../services/Services';

export async function run({ arrangement }: Services): Promise<void> {
  await arrangement.change({ flat: true });
}
