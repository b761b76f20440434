/**
 * A start of what was started before begins with the plan of that time, beside the looks for the new one: terrarium-init
 * makes the namespaces and PID 1, and waits. Where the new plan is the same it goes on there; otherwise it ends, and has
 * opened nothing of the bundle (src/init/monitor.c). Kept by `serve`.
 */
import type { StartPlan } from '../../../core/sequence/step';
import type { StartAhead } from '../shared/Engine';
import type { StartProcess } from '../shared/StartProcess';
import { takeSpareProgram } from './spareProgram';

/** How many plans are kept, as terrarium-init reads them. */
const most = 32;

/** A longer one is not kept, in bytes. */
const longest = 64 * 1024;

export class StartsAhead {
  readonly #plans = new Map<string, Buffer>();

  /** @param take for tests */
  constructor(private readonly take = takeSpareProgram) {}

  /** @param terminal of PID 1, which is in the plan */
  begin(folder: string, terminal: string): StartAhead {
    const key = JSON.stringify([folder, terminal]);
    const known = this.#plans.get(key);
    let begun = known && this.take()?.carryOut(known);
    const end = () => {
      begun?.words.destroy(); // which ends it
      begun?.printed.resume();
      begun?.reports.resume();
      begun = undefined;
    };
    return {
      end,
      goOn: (plan, encoded) => {
        this.#plans.delete(key);
        if (mayBeginAhead(plan) && encoded.length <= longest) this.#keep(key, encoded);
        const process: StartProcess | undefined = known?.equals(encoded) ? begun : undefined;
        if (process) begun = undefined;
        end();
        return process;
      },
    };
  }

  #keep(key: string, encoded: Buffer): void {
    this.#plans.set(key, encoded);
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > most) this.#plans.delete(oldest!);
  }
}

/** Nothing of what would be made, entered or locked before PID 1 is there. */
function mayBeginAhead({ cgroup, join, rootfs }: StartPlan): boolean {
  return !cgroup && !join && !rootfs.some(({ kind }) => kind === 'overlay');
}
