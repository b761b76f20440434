/** "Show as Tree": shows each process below its parent. */
import type { Services } from '../services/Services';

export async function run({ arrangement }: Services): Promise<void> {
  await arrangement.change({ flat: false });
}
