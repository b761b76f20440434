/**
 * A start of what was started before begins with the plan of that time, beside the looks for the new one: terrarium-init
 * makes the namespaces and PID 1, and waits. Where the bundle is the same and its program is there, PID 1 goes on to
 * where it waits for the last word; where it is not, it has opened nothing of it (src/init/monitor.c). Where the new plan is
 * the same the start goes on there; otherwise all that ends. Kept by `serve`.
 */
import { serialize } from 'node:v8';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { isBind } from '../../../core/config/mountKinds';
import { keepLatest } from '../../../core/keepLatest';
import type { StartPlan } from '../../../core/sequence/step';
import type { StartAhead } from '../shared/Engine';
import type { StartProcess } from '../shared/StartProcess';
import { takeSpareProgram } from './spareProgram';
import { goOn } from './spawnProgram';

/** How many plans are kept, as terrarium-init reads them. */
const most = 32;

/** A longer one is not kept, in bytes. */
const longest = 64 * 1024;

interface Known {
  readonly plan: Buffer;
  readonly bundle: Bundle;
  /** A word of the plan. */
  readonly terminal: string;
}

export class StartsAhead {
  readonly #known = new Map<string, Known>();

  /** @param take for tests */
  constructor(private readonly take = takeSpareProgram) {}

  /** @param terminal of PID 1, which is in the plan */
  begin(folder: string, terminal: string): StartAhead {
    const known = this.#known.get(folder);
    const plan = known && onTerminal(known, terminal);
    let begun = plan && this.take()?.carryOut(plan);
    let isOn = false;
    const end = () => {
      begun?.words.destroy(); // which ends it
      begun?.printed.resume();
      begun?.reports.resume();
      begun = undefined;
    };
    return {
      end,
      letOn: (bundle) => {
        isOn = known !== undefined && mayGoOn(bundle) && areSame(known.bundle, bundle);
        if (isOn) begun?.words.write(goOn);
      },
      goOn: (bundle, planned, encoded) => {
        const isSame = plan?.equals(encoded) === true;
        if (mayBeginAhead(planned) && encoded.length <= longest)
          keepLatest(this.#known, folder, { plan: encoded, bundle, terminal }, most);
        else this.#known.delete(folder);
        const process: StartProcess | undefined = isSame ? begun : undefined;
        if (process) begun = undefined;
        end();
        if (!isOn) process?.words.write(goOn);
        return process;
      },
    };
  }
}

/** Another word that is the same changes too: the new plan is another one then, and the start goes on with that. */
function onTerminal({ plan, terminal: of }: Known, terminal: string): Buffer {
  if (of === terminal) return plan;
  const words = plan.toString('latin1').split('\0');
  return Buffer.from(words.map((word) => (word === of ? terminal : word)).join('\0'), 'latin1');
}

/** Nothing of what would be made, entered or locked before PID 1 is there. */
function mayBeginAhead({ cgroup, join, rootfs }: StartPlan): boolean {
  return !cgroup && !join && !rootfs.some(({ kind }) => kind === 'overlay');
}

/** As V8 writes them down. */
function areSame(one: Bundle, other: Bundle): boolean {
  return one === other || serialize(one).equals(serialize(other));
}

/**
 * Whether its config.json alone says what is made in the rootfs. Where something of the machine is bound there, it depends
 * on that whether its place is a file or a folder.
 */
function mayGoOn({ config }: Bundle): boolean {
  const isOfMachine = (mount: (typeof config.mounts)[number]) =>
    isBind(mount) || mount.source?.startsWith('/') === true;
  return !config.mounts.some(isOfMachine) && !config.linux.devices?.length;
}
