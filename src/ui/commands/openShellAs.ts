/** "Choose Another Shell or User…": asks whose shell and which, and remembers it for the container. */
import type { Services } from '../services/Services';
import { openShell } from './openShell';

export async function run(services: Services, target?: unknown): Promise<void> {
  await openShell(services, target, { again: true });
}
