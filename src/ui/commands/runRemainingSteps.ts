/** "Run the Rest": carries out all steps of a start that are left, and the program. */
import { runSteps } from '../lessons/steps/runSteps';
import { stepsNotebook } from '../lessons/steps/stepsTarget';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  await runSteps(await stepsNotebook(services, target));
}
