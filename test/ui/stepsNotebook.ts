/** The notebook of a start that goes step by step, as a person sees and uses it. */
import type { Workbench } from '../host/workbench.mjs';

export class StepsNotebook {
  constructor(private readonly workbench: Workbench) {}

  /** Resolves when its first step is on the screen. */
  async opened(): Promise<void> {
    await this.workbench.page.locator('.notebookOverlay .code-cell-row').first().waitFor();
  }

  /**
   * Scrolls to a cell and runs it, by "Run to Here".
   * @param command its line, where VS Code has no-break spaces
   */
  async runTo(command: RegExp): Promise<void> {
    const { page } = this.workbench;
    const cell = page
      .locator('.notebookOverlay .code-cell-row .view-line')
      .filter({ hasText: command });
    await page.locator('.notebookOverlay .cell-list-container').hover();
    await this.workbench.until(
      async () => {
        if ((await cell.count()) > 0) return true;
        await page.mouse.wheel(0, 300);
        return false;
      },
      (isThere: boolean) => isThere,
      30_000,
      () => `No cell has ${command}.`,
    );
    await cell.first().click();
    await this.workbench.command('Terrarium: Run to Here');
  }

  /** Waits until an output on the screen says so. @returns its whole text */
  async output(pattern: RegExp): Promise<string> {
    const { page } = this.workbench;
    const tables = page
      .frameLocator('iframe.webview.ready')
      .frameLocator('#active-frame')
      .locator('.output_container, .output-stdout, .terrarium-evidence, .output');
    const isFound = (text: string) => pattern.test(text);
    const texts = await this.workbench.until(
      () => tables.allInnerTexts(),
      (all: string[]) => all.some(isFound),
      30_000,
      (all: string[]) => `No output has ${pattern}:\n${all.join('\n---\n')}`,
    );
    return texts.find(isFound)!;
  }
}
