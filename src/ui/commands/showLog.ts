/** "Show Helper Log": what the helpers and the extension have noted. */
import type { Services } from '../services/Services';

export function run({ log }: Services): Promise<void> {
  log.show();
  return Promise.resolve();
}
