/** "Open Steps": the notebook of a start that waits. */
import { openSteps } from '../lessons/steps/beginSteps';
import { stepsNotebook } from '../lessons/steps/stepsTarget';
import { tabsOf } from '../lessons/steps/tabsOf';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  const notebook = await stepsNotebook(services, target);
  await openSteps(notebook, tabsOf(notebook)[0]?.group.viewColumn);
}
