/** The row at the end of a long list: shows the next ones. Not in the palette. */
import type { Services } from '../services/Services';

export function run({ arrangement }: Services, target?: unknown): Promise<void> {
  arrangement.askForMore(target);
  return Promise.resolve();
}
