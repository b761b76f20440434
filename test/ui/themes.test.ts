/** A change of the colour theme: every row goes on to show what it is. */
import type { TreeRow, Workbench } from '../host/workbench.mjs';
import { Window, useWindow } from './window';

describe('after a change of the colour theme', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;

  useWindow(
    () => Window.openRunning(),
    (opened) => ({ workbench } = window = opened),
  );

  it('every process row shows its own process', async () => {
    await workbench.typeInTerminal('sleep 500 & sleep 400 & sleep 300 &\n');
    const wanted = ['sh', 'sleep 500', 'sleep 400', 'sleep 300'];
    const shows = (rows: TreeRow[]) =>
      wanted.every((args) => rows.some(({ label }) => label === args));
    await workbench.waitForTree('Processes', shows);
    const frame = workbench.page.locator('.monaco-workbench');
    for (const theme of ['vs', 'vs-dark']) {
      await workbench.command('Preferences: Toggle between Light/Dark Themes');
      await frame.and(workbench.page.locator(`.${theme}`)).waitFor();
      // VS Code draws the rows anew for it, one after the other.
      await workbench.waitForTree(
        'Processes',
        (rows) => shows(rows) && rows.slice(2).every(isItself),
      );
      await window.picture(`theme-${theme}`);
    }
  });
});

/** What is on the screen is what a screen reader says. */
function isItself({ label, description, ariaLabel }: TreeRow): boolean {
  const words = ariaLabel.split(', ');
  return words[0] === label && description.split(' · ').every((word) => words.includes(word));
}
