/**
 * Removes files of earlier layers, confined: one find(1) for each name, started by one xargs(1) for all layers of an
 * image, since to make a confinement takes longer than to remove a few files. Used by Unpacker.ts.
 */
import { type Confined, type Confinement, endOf, killConfined } from './Confinement';

/** So many at once are better removed by one program that is told all of them. */
export const fewRemovals = 50;

/** Each call of find has as many words. */
const words = {
  whole: ['-mindepth', '0', '-delete', '-true', '-true'],
  children: ['-mindepth', '1', '-delete', '-true', '-true'],
  /** GNU find has this name for its own standard error. */
  mark: ['-maxdepth', '0', '-fprintf', '/dev/stderr'],
} as const;
const perCall = 6;

export class Remover {
  private child: Confined | undefined;
  private said = '';
  private marks = 0;
  private hasEnded = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly confinement: Confinement,
    private readonly folder: string,
    private readonly capabilities: string,
  ) {}

  /**
   * @param whole they go with all that is in them @param childrenOf they become empty
   * @returns what find said
   */
  async remove(whole: readonly string[], childrenOf: readonly string[]): Promise<string> {
    const child = (this.child ??= await this.start());
    const mark = `removed ${++this.marks}\n`;
    this.said = '';
    const calls = [
      ...whole.map((path) => [`/${path}`, ...words.whole]),
      ...childrenOf.map((path) => [`/${path}`, ...words.children]),
      ['/', ...words.mark, mark.replace('\n', '\\n')],
    ];
    child.stdin.write(Buffer.from(calls.flat().join('\0') + '\0', 'latin1'));
    while (!this.said.endsWith(mark)) {
      if (this.hasEnded) return `${this.said}\nxargs: it has ended before all was removed`;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return this.said.slice(0, -mark.length);
  }

  abort(): void {
    if (this.child) killConfined(this.child);
    this.child = undefined;
  }

  private async start(): Promise<Confined> {
    const child = await this.confinement.run(
      'xargs',
      (call) => ['-0', '-n', String(perCall), ...call('find')],
      { folder: this.folder, capabilities: this.capabilities, others: ['find'] },
    );
    const ended = () => {
      this.hasEnded = true;
      this.wake();
    };
    child.stdout.resume();
    child.stderr.on('data', (part: Buffer) => {
      this.said += part.toString('latin1');
      this.wake();
    });
    void endOf(child).then(ended, ended);
    return child;
  }
}
