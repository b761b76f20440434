/** What terrarium-init, or who types a start by hand, tells of its steps; and what was printed on 2. */
import { once } from 'node:events';
import { TerrariumError } from '../../../core/errors';
import { displayCommand } from '../../../core/sequence/commandLine';
import type { Step } from '../../../core/sequence/step';
import { machineCheck, otherPrivilege, scriptByHand } from '../../../core/text/remedies';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { stderrTail } from '../../host/stderrTail';
import { noNewPrivileges } from '../../../core/sequence/noNewPrivileges';
import type { StartProcess } from '../shared/StartProcess';

/** Longest message of a failed command that is shown, in characters. */
const longestMessage = 2000;

/** Collects one start's reports; turns a failure into words. */
export class Reports {
  private printed = '';
  private reached: 'unshare' | 'steps' | 'ready' = 'unshare';
  /** Written when it is thrown: what the command printed may arrive after the report. */
  private failure?: () => TerrariumError;

  constructor(
    private readonly container: string,
    private readonly steps: readonly Step[],
    private readonly on: {
      pid(pid: number): void;
      step(step: Step, state: 'start' | 'done'): void;
      ready(): void;
    },
  ) {}

  /** What the commands printed so far: `unshare`'s own last words are in it too. */
  get output(): string {
    return this.printed;
  }

  print(text: string): void {
    this.printed = (this.printed + text).slice(-longestMessage);
  }

  line(line: string): void {
    const [word, value = '', detail = ''] = line.split(' ');
    const step = this.steps[Number(value)];
    if (word === 'pid' && /^\d{1,10}$/.test(value)) {
      if (this.reached === 'unshare') this.reached = 'steps';
      this.on.pid(Number(value));
    } else if (word === 'ready') {
      this.reached = 'ready';
      this.on.ready();
    }
    if (word === 'step' && step) this.on.step(step, 'start');
    else if (word === 'done' && step) this.on.step(step, 'done');
    else if (word === 'fail' && step)
      this.fail(step, detail === '' ? 'failed' : `ended with exit code ${detail}`);
    else if (word === 'refuse') this.refuse(step, detail);
  }

  /** Throws what failed; `status` is for the case that nothing said so. */
  throwFailure(status: number): never {
    const step = this.silentStep();
    if (step) this.fail(step, `ended with exit code ${status}`);
    throw (
      this.failure?.() ??
      new TerrariumError(
        'start-failed',
        `“${this.container}” did not start: the start sequence ended with exit code ${status}${this.said()}.`,
        `To find out, ${scriptByHand}.`,
      )
    );
  }

  /** By hand unshare(1) says nothing to us where it fails. */
  protected silentStep(): Step | undefined {
    return this.reached === 'unshare' ? this.steps.find(({ id }) => id === 'unshare') : undefined;
  }

  private said(): string {
    const text = stderrTail(this.printed);
    return text ? `: ${text}` : '';
  }

  private fail(step: Step, how: string): void {
    this.failure ??= () =>
      new TerrariumError(
        'step-failed',
        `“${this.container}” did not start: the step “${step.why}” (${displayCommand(step)}) ${how}${this.said()}.`,
        remedyFor(step, this.printed, this.steps),
      );
  }

  private refuse(step: Step | undefined, reason: string): void {
    const cwd = step?.cwd ?? '/';
    const reasons: Record<string, string> = {
      symlink: `${cwd} in its rootfs is a symlink, or below one, and a mount there could land elsewhere`,
      missing: `${cwd} in its rootfs is not a folder and cannot be made one`,
      rootfs:
        'its rootfs cannot be entered by who is root inside, or it was moved or replaced meanwhile',
    };
    if (step?.id === 'cwd') {
      this.failure ??= () =>
        new TerrariumError(
          'cwd-missing',
          `“${this.container}” did not start: process.cwd is ${escapeControlCharacters(cwd)}, and its rootfs has no such folder and none can be made${reason === 'missing' ? this.said() : ''}.`,
          'Make that folder in the rootfs, or correct process.cwd in config.json.',
        );
      return;
    }
    this.failure ??= () =>
      new TerrariumError(
        `mount-point-${reason}`,
        `“${this.container}” did not start: ${reasons[reason] ?? reason}${reason === 'missing' ? this.said() : ''}.`,
        reason === 'rootfs'
          ? 'Let that user into every folder above it (chmod o+x), or correct linux.uidMappings.'
          : reason === 'symlink'
            ? `Have config.json name the place that ${escapeControlCharacters(cwd)} leads to, or make it a plain folder in the rootfs.`
            : `Make ${escapeControlCharacters(cwd)} a plain folder in the rootfs and start again.`,
      );
  }
}

function remedyFor(step: Step, printed: string, steps: readonly Step[]): string {
  if (step.id.startsWith('map-') && /invalid argument|EINVAL/i.test(printed)) {
    return 'Correct linux.uidMappings and linux.gidMappings in config.json: no id may be in two of their ranges, inside or outside.';
  }
  // In the words of newuidmap(1).
  if (step.id.startsWith('map-') && / not allowed/.test(printed) && !noNewPrivileges()) {
    return `They are not all yours: let Terrarium map the ids of the user who starts it ("dev.terrarium.idMappings": "own" in annotations of config.json), or get those ids: ${machineCheck('says how', 'subordinate-ids')}.`;
  }
  const check = checkOf(step, printed, steps);
  if (check) {
    return `${machineCheck('says why', check)}; or start it with ${otherPrivilege}.`;
  }
  if (step.kind === 'overlay' && /runs on this layer/.test(printed))
    return 'Stop that container first, or start without a layer.';
  if (step.kind === 'overlay')
    return `Start it without a layer: an overlay takes a kernel that has overlayfs (${machineCheck('says whether', 'overlay')}), and a folder on a disk that keeps extended attributes.`;
  if (step.id === 'oom')
    return 'A value below that of the helper takes the capability CAP_SYS_RESOURCE: remove process.oomScoreAdj from config.json, or give a higher one.';
  if (step.id === 'rlimits')
    return 'A hard limit above the helper’s own takes the capability CAP_SYS_RESOURCE, and no number of open files may be above fs.nr_open: correct process.rlimits in config.json.';
  if (notAllowed.test(printed)) {
    return `The kernel did not allow it with this privilege: start it with ${otherPrivilege}.`;
  }
  return `Correct that entry in config.json, or ${scriptByHand}.`;
}

const notAllowed = /permission denied|not permitted/i;

/** The doctor's code for what kept this step from working, where it can only be the machine. */
function checkOf(step: Step, printed: string, steps: readonly Step[]): string | undefined {
  if (/(unrecognized|invalid|unknown) option/.test(printed)) return 'util-linux';
  // Root writes the map itself: whatever is in its way is no range of ids.
  if (step.kind === 'idMap') return noNewPrivileges() ? 'no-new-privileges' : 'subordinate-ids';
  if (step.id.startsWith('cgroup')) return 'cgroups';
  const users = steps.some((one) => one.kind === 'unshare' && one.types.includes('user'));
  if (users && mountsKernelFiles(step) && notAllowed.test(printed)) return 'user-namespace';
  if (step.id !== 'unshare' && !/^(\S*\/)?unshare: /m.test(printed)) return undefined;
  return users ? 'user-namespace' : 'namespaces';
}

/** A user namespace gets none that would show what is covered outside. */
function mountsKernelFiles(step: Step): boolean {
  return step.kind === 'mount' && /^(proc|sysfs)$/.test(step.type);
}

/** Feeds its pipes into the reports; resolves when both are closed. */
export async function readReports(script: StartProcess, reports: Reports): Promise<void> {
  script.printed.setEncoding('utf8').on('data', (text: string) => reports.print(text));
  // What was printed may come after the last report, and after the exit status.
  const closed = Promise.all([once(script.reports, 'close'), once(script.printed, 'close')]);
  let rest = '';
  script.reports.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) reports.line(line);
  });
  await closed;
}
