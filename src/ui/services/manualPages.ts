/** The manual pages of this machine. Called by the hovers and by "Open Manual Page". */
import { findTool } from '../../core/fs/findTool';

/** What man(1) is called with: nothing that could be an option or a path. */
export interface ManualPage {
  readonly number: string;
  readonly name: string;
}

/** @param section `unshare(1)` @returns undefined for anything else */
export function manualPageOf(section: string): ManualPage | undefined {
  const [, name, number] = /^([a-z][\w.-]*)\(([1-8])\)$/.exec(section) ?? [];
  return name === undefined || number === undefined ? undefined : { number, name };
}

/** man(1), where the machine has it. */
export const manProgram = (): string | undefined => findTool('man');

/** Whether this machine can show the page; asked once for each. Never rejects. */
export function hasManualPage(section: string): Promise<boolean> {
  let answer = answers.get(section);
  if (!answer) answers.set(section, (answer = look(section)));
  return answer;
}

const answers = new Map<string, Promise<boolean>>();

/** Of a page that is there man -w prints the file; a minimized system prints an excuse. */
async function look(section: string): Promise<boolean> {
  const [man, page] = [manProgram(), manualPageOf(section)];
  if (man === undefined || !page) return false;
  const { runTool } = await import('../../core/lazy');
  const found = await runTool(man, ['-w', page.number, page.name], { timeout: 2000 });
  return !found.failed && found.stdout.startsWith('/');
}
