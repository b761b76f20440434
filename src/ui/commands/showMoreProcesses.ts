/** The row at the end of a long list: shows the next rows. Not in the Command Palette. */
import type { Services } from '../services/Services';

export function run({ arrangement }: Services, target?: unknown): Promise<void> {
  arrangement.askForMore(target);
  return Promise.resolve();
}
