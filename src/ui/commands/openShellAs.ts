/** "Choose Another Shell or User…": asks for the user and the shell of a session, and remembers them. */
import { openShell } from './openShell';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  await openShell(services, target, { again: true });
}
