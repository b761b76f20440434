/**
 * What is at the paths of a rootfs that its programs name: most name the same few loaders and interpreters. Used by
 * programFaults.ts.
 */
import { whyNotExecutable } from '../bundle/findCommand';
import type { LookBudget } from '../fs/lookBudget';
import { statInside } from '../fs/openInside';

type Kind = 'executable' | 'other' | undefined;

/** Each script may name one of its own. */
const maxKnown = 1000;

export class KnownFiles {
  private readonly kinds = new Map<string, Kind>();

  constructor(private readonly rootfs: string) {}

  /** @returns undefined where there is nothing, or where the budget is used up */
  async kindOf(file: string, budget: LookBudget): Promise<Kind> {
    if (this.kinds.has(file)) return this.kinds.get(file);
    const stat = await statInside(this.rootfs, file, budget);
    const kind = stat && (whyNotExecutable(stat) === undefined ? 'executable' : 'other');
    if (budget.left < 0) return kind;
    if (this.kinds.size >= maxKnown) this.kinds.clear();
    this.kinds.set(file, kind);
    return kind;
  }
}
