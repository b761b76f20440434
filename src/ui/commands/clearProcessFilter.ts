/** "Clear Filter": shows all processes again. */
import type { Services } from '../services/Services';

export async function run({ arrangement }: Services): Promise<void> {
  await arrangement.change({ filter: '' });
}
