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
    await this.#scroll(command, (y) => y !== undefined);
    await this.#line(command).click();
    await this.workbench.command('Terrarium: Run to Here');
  }

  /** Scrolls until a cell is the first on the screen. */
  async toTop(command: RegExp): Promise<void> {
    await this.#scroll(command, (y) => y !== undefined && y < 200);
  }

  /** @param isGood whether its line is where it should be; undefined where it is not drawn */
  async #scroll(command: RegExp, isGood: (y: number | undefined) => boolean): Promise<void> {
    const { page } = this.workbench;
    const line = this.#line(command);
    const place = async () =>
      (await line.count()) > 0 ? (await line.boundingBox())?.y : undefined;
    await page.locator('.notebookOverlay .cell-list-container').hover();
    await this.workbench.until(
      async () => {
        const y = await place();
        if (!isGood(y)) await page.mouse.wheel(0, y === undefined ? 300 : y - 180);
        return y;
      },
      isGood,
      30_000,
      (y: number | undefined) => `The cell with ${command} is at ${y}.`,
    );
  }

  /** Waits until a cell of prose on the screen says so. */
  async prose(text: string): Promise<void> {
    await this.#outputs().getByText(text).waitFor();
  }

  /** Where VS Code draws outputs and prose. */
  #outputs() {
    return this.workbench.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  #line(command: RegExp) {
    return this.workbench.page
      .locator('.notebookOverlay .code-cell-row .view-line')
      .filter({ hasText: command })
      .first();
  }

  /** Waits until an output on the screen says so. @returns its whole text */
  async output(pattern: RegExp): Promise<string> {
    const tables = this.#outputs().locator(
      '.output_container, .output-stdout, .terrarium-evidence, .output',
    );
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
