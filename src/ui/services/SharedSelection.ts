/**
 * What is selected: a container, or a process of it. The views and the picture follow each other by it.
 * Made by `extension.ts`.
 */
import * as vscode from 'vscode';
import { TerrariumError, messageOf } from '../../core/errors';
import { type Target, isSameTarget } from '../../core/picture/Picture';

type View = 'containers' | 'processes' | 'console';
/** How long VS Code takes at most to select a row that is revealed. */
const followMs = 1500;

/** @returns whether its selection becomes another by it */
type Follow = (target: Target) => Promise<boolean>;

export class SharedSelection implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Target>();
  readonly #followers = new Map<View, Follow>();
  /** Views whose next selection is made by `show`, and by no person; until when, in milliseconds. */
  readonly #expected = new Map<View, number>();
  #current: Target | undefined;
  /** The last `show`: one that is overtaken goes no further. */
  #turn = 0;

  readonly onDidChange = this.#changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  get current(): Target | undefined {
    return this.#current;
  }

  /** A view is told what to select. One view has one follower. */
  follow(view: View, follow: Follow): vscode.Disposable {
    this.#followers.set(view, follow);
    return new vscode.Disposable(() => this.#followers.delete(view));
  }

  /** A person selected a row of a view. */
  selectedIn(view: View, target: Target): void {
    const until = this.#expected.get(view) ?? -Infinity;
    this.#expected.delete(view);
    if (performance.now() > until) this.#set(target);
  }

  /**
   * A person chose something in the picture: the views show it.
   * @throws TerrariumError what a view says of why it does not list it
   */
  async show(target: Target): Promise<void> {
    const turn = ++this.#turn;
    let refused: TerrariumError | undefined;
    this.#set(target);
    for (const [view, follow] of this.#followers) {
      if (turn !== this.#turn) return;
      this.#expected.set(view, performance.now() + followMs);
      try {
        if (!(await follow(target))) this.#expected.delete(view);
      } catch (error) {
        this.#expected.delete(view);
        // The row may have gone meanwhile.
        this.log.debug(`showing a row of ${view}: ${messageOf(error)}`);
        if (error instanceof TerrariumError) refused ??= error;
      }
    }
    if (refused) throw refused;
  }

  #set(target: Target): void {
    if (isSameTarget(this.#current, target)) return;
    this.#current = target;
    this.#changed.fire(target);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
