/** "Show Helper Log": shows the log of the helpers and the extension. */
import type { Services } from '../services/Services';

export function run({ log }: Services): Promise<void> {
  log.show();
  return Promise.resolve();
}
