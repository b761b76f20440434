/** Keys in the Processes view: they act on the row with the focus. A mistake here ends the wrong process. */
import assert from 'node:assert/strict';
import type { TreeRow, Workbench } from '../host/workbench.mjs';
import { Window, useWindow } from './window';

const view = 'Processes';

describe('keys in the process tree', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;

  useWindow(
    () => Window.openRunning(),
    (opened) => ({ workbench } = window = opened),
  );

  const row = (args: string) =>
    workbench.view(view).locator('.monaco-list-row').filter({ hasText: args }).first();
  const press = async (...keys: string[]) => {
    for (const key of keys) await workbench.page.keyboard.press(key);
  };
  const sleepers = (rows: TreeRow[]) =>
    rows.flatMap(({ label }) => /^sleep (\d+)$/.exec(label)?.[1] ?? []);
  const left = (...wanted: string[]) =>
    workbench.waitForTree(view, (rows) => sleepers(rows).join() === wanted.join());
  /** The row is another element as soon as the tree is drawn anew. */
  const select = async (args: string, modifiers: 'ControlOrMeta'[] = []) => {
    await row(args).click({ modifiers });
    await row(args).and(workbench.page.locator('[aria-selected="true"]')).waitFor();
  };
  const start = async (...seconds: string[]) => {
    const line = seconds.map((one) => `sleep ${one} &`).join(' ');
    await workbench.typeInTerminal(`${line}\n`);
    for (const one of seconds) await row(`sleep ${one}`).waitFor();
  };

  it('end the process that the arrows went to, not the one that was clicked', async () => {
    await start('5001', '5002', '5003');
    await select('sleep 5001');
    await press('ArrowDown', 'ArrowDown', 'Delete');
    await left('5001', '5002');
    await window.picture('keys-focused-row');
    assert.equal(await row('sleep 5001').getAttribute('aria-selected'), 'true');
    await press('ArrowUp', 'Shift+Delete');
    await workbench.waitForTree(view, (rows) => sleepers(rows).includes('5001'));
  });

  it('leave alone what is selected elsewhere', async () => {
    await workbench.typeInTerminal('killall sleep\n');
    await left();
    await start('5004', '5005', '5006');
    await select('sleep 5004');
    await select('sleep 5005', ['ControlOrMeta']);
    await press('ArrowDown', 'Shift+Delete');
    await left('5004', '5005');
    await press('ArrowUp', 'Shift+Delete');
    await left();
  });

  it('look into the row with the focus where none is selected', async () => {
    await start('5007');
    await workbench.command('Terrarium: Focus on Containers View');
    await workbench.command('Terrarium: Focus on Processes View');
    await press('End', 'Alt+Enter');
    await workbench.page
      .locator('.editor-instance .view-lines')
      .getByText(/5007/)
      .first()
      .waitFor();
    await window.picture('keys-inspect');
    await workbench.command('View: Close All Editors');
  });

  it('say where the row is no process, and end none', async () => {
    await row('CPU').click();
    await workbench.command('View: Close All Editors');
    await workbench.command('Terrarium: Focus on Processes View');
    await press('Delete');
    await workbench.notification(/This row is no process/);
    await left('5007');
  });

  it('are shown in the menu', async () => {
    await workbench.openMenu(row('sleep 5007'), 'Kill Process (SIGKILL)');
    const menu = workbench.page.locator('.monaco-menu:visible');
    assert.match(await menu.innerText(), /Kill Process \(SIGKILL\)\s+Shift\+Del/);
    await window.picture('keys-menu');
    await press('Escape');
    await workbench.command('Notifications: Clear All Notifications');
  });
});
