/** The extension in another display language: what package.nls.de.json and l10n/bundle.l10n.de.json say. */
import assert from 'node:assert/strict';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainers, prompt, useWindow } from './window';

describe('in German', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  useWindow(
    () => Window.open({ language: 'de' }),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    await workbench.openViewContainer('Terrarium');
  });

  it('welcomes, and leads through the first container', async () => {
    const containers = workbench.view('Container');
    await containers.getByText('Hier gibt es noch keinen Container.').waitFor();
    await window.picture('german-welcome');
    await containers.getByText('Zur Einführung').click();
    for (const [title, text] of [
      ['Einen Container anlegen', 'Neuer Container'],
      ['Starten und die Schritte lesen', 'echo $$'],
      ['Seine Dateien ändern', 'cat /etc/motd'],
    ] as const) {
      const step = workbench.page.locator('.getting-started-step', { hasText: title }).first();
      await step.click();
      await step.getByText(text).first().waitFor();
    }
    await window.picture('german-walkthrough');
  });

  it('offers with an error the command that the remedy names in German', async () => {
    await workbench.command('Terrarium: Container starten');
    const { buttons } = await workbench.notification(/In diesem Arbeitsbereich gibt es keinen/);
    assert.deepEqual(buttons, ['Neuer Container…']);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('shows a running container, its processes and what each field means', async () => {
    await makeContainers(window.workspace, 'box');
    await workbench.waitForTree('Container', ([row]) => row?.label === 'box');
    await workbench.command('Terrarium: Container starten');
    await workbench.waitForTerminal(prompt);
    await workbench.waitForTree('Container', ([row]) => /^läuft/.test(row?.description ?? ''));
    const rows = await workbench.waitForTree('Prozesse', (shown) => shown.length === 3);
    assert.match(rows[0]?.ariaLabel ?? '', /Prozesse des Containers box/);
    assert.equal(rows[1]?.label, 'Alle Prozesse');
    await window.picture('german-running');
    await workbench.chooseFromMenu(workbench.treeRow('Prozesse', 'sh'), 'Prozess untersuchen');
    await workbench.page.locator('.view-lines').getByText('Benutzer und Gruppen').first().waitFor();
    await window.picture('german-inspection');
  });
});
