/** What the ui tests of files of a rootfs do in the Explorer and in editors. */
import path from 'node:path';
import type { Window } from './window';

/** @param window is there by the time that one of them is taken */
export function rootfsSteps(window: () => Window) {
  const file = (name: string) => path.join(window().workspace, 'box/rootfs', name);
  const tab = (title: RegExp) =>
    window().workbench.page.locator('.tabs-container .tab', { hasText: title });
  const inStatusBar = (text: RegExp) =>
    window().workbench.page.locator('.statusbar-item', { hasText: text }).first().waitFor();
  const entry = (name: string) =>
    window()
      .workbench.page.locator('.explorer-folders-view .monaco-list-row')
      .filter({
        has: window().workbench.page.locator('.label-name', {
          hasText: new RegExp(`^${name.replace('.', '\\.')}$`),
        }),
      });
  /** Chooses from the submenu of a file in the Explorer. */
  const throughHelper = async (name: string, item: string, picture?: string) => {
    const submenu = await window().workbench.openMenu(entry(name), 'Through the Helper');
    await submenu.hover();
    await window().workbench.page.keyboard.press('ArrowRight');
    const row = window()
      .workbench.page.locator('.monaco-submenu:visible .action-item')
      .getByText(item, { exact: true });
    await row.waitFor();
    if (picture) await window().picture(picture);
    await window().workbench.clickInMenu(row);
  };
  const type = async (text: string) => {
    await window().workbench.page.keyboard.press('Control+A');
    await window().workbench.page.keyboard.type(text);
    await window().workbench.page.keyboard.press('Control+S');
  };
  const until = (what: string, isSo: () => boolean) =>
    window().workbench.until(
      () => Promise.resolve(isSo()),
      (found) => found,
      20_000,
      () => what,
    );
  return { file, tab, inStatusBar, entry, throughHelper, type, until };
}
