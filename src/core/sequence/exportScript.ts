/** The start sequence as a script that anybody can run by hand: the same scripts, the same steps. */
import type { Bundle } from '../bundle/loadBundle';
import { isSystemInit } from '../config/systemInit';
import { displayCommand } from './commandLine';
import { quote } from '../text/quote';
import { encodeSteps, initParameters } from './encodeSteps';
import { exportByHand } from './exportByHand';
import { exportedParts } from './exportedParts';
import type { HostFacts } from './hostFacts';
import { oneLine, scriptBeginning } from './scriptBeginning';
import { unlessScriptEnded } from './unlessStarterEnded';
import {
  type CgroupPlan,
  type StartPlan,
  type Step,
  bashAlone,
  pidPlaceholder,
  stepsOf,
} from './step';
import { forks, toArgv } from './toArgv';

/**
 * Every step stands at the top, with what it is for; how steps are run stands below.
 * @returns a POSIX shell script; run it with `sudo sh FILE`, or `sh FILE` where it is rootless.
 */
export function exportScript(bundle: Bundle, plan: StartPlan, facts: HostFacts): string {
  if (plan.way === 'hand') return exportByHand(bundle, plan, facts);
  const { head, alone } = scriptBeginning(bundle, plan.warnings, facts, 'The start sequence');
  const { cgroup, writeIdMaps, pivot } = plan;
  const text = new StepText(plan);
  const part = (about: string, name: string, body: string) =>
    body ? `# ${about}\n${name}() {\n${body}}\n\n` : '';
  const parts = [
    part(
      'Outside, before everything else.',
      'make_cgroup',
      text.outside(cgroup?.steps.slice(0, -1)),
    ),
    part(
      'The namespaces, and PID 1 in them, which begins with these words.',
      'create_namespaces',
      namespacesPart(bundle, plan, text),
    ),
    part('Outside: who is who inside, while PID 1 waits.', 'map_ids', text.outside(writeIdMaps)),
    part(
      'PID 1. Each step: number, condition, folder in the rootfs, count of words, command.',
      'run_inside',
      insidePart(plan, text),
    ),
    part('Outside, while PID 1 waits after its steps.', 'switch_root', text.outside(pivot)),
  ];
  return `${head}
rootfs=${quote(bundle.rootfs)}

${parts.join('')}# ── Below are no steps, but what runs them.

${exportedParts(plan)}
${alone}
${cgroup ? cgroupEnd(cgroup) : ''}open_pipes
${cgroup ? 'make_cgroup\n' : ''}attend_pid1 &
exec 5<&- 7>&-
run_inside
`;
}

/** Steps as lines of the script. */
class StepText {
  private readonly all: readonly Step[];

  constructor(plan: StartPlan) {
    this.all = stepsOf(plan);
  }

  number(step: Step): number {
    return this.all.indexOf(step) + 1;
  }

  /** What it is for; `failed_at` reads it again. */
  why(step: Step): string {
    return `  # ${this.number(step)}. ${oneLine(step.why)}\n`;
  }

  comment(step: Step): string {
    return `${this.why(step)}  #   ${oneLine(displayCommand(step))}\n`;
  }

  outside(steps: readonly Step[] = []): string {
    return steps
      .map((step) => `${this.comment(step)}  ${outside(step)} || failed_at ${this.number(step)}\n`)
      .join('');
  }

  /** As a parameter of steps.sh. */
  inside(step: Step): string {
    const encoded = encodeSteps([step], this.number(step)).slice(0, -1);
    return `${this.comment(step)}  set -- "$@" ${encoded.map(quote).join(' ')}\n`;
  }
}

function insidePart(plan: StartPlan, text: StepText): string {
  const { rootfs, dropPrivileges, payload } = plan;
  const handsOver = [
    ...dropPrivileges.flatMap(toArgv).map(quote),
    '\\\n   ',
    ...(plan.shell ? [plan.shell, ...bashAlone] : ['sh']),
    '-c "$init" sh',
    ...initParameters(plan).map(quote),
  ];
  return [
    '  set --\n',
    ...rootfs.map((step) => text.inside(step)),
    ...[...dropPrivileges, payload].map((step) => text.why(step)),
    `  set -- "$@" end ${handsOver.join(' ')}\n`,
    '  create_namespaces "$@"\n',
  ].join('');
}

function namespacesPart(bundle: Bundle, plan: StartPlan, text: StepText): string {
  const { cgroup, join, switchUser, unshare } = plan;
  const before = [join, switchUser].filter((step) => step !== undefined);
  const command = [
    'exec',
    ...(cgroup ? ['setpriv --pdeathsig=KILL --', unlessScriptEnded] : []),
    ...before.flatMap(toArgv).map(quote),
    ...toArgv(unshare)
      .filter((word) => !forks.includes(word))
      .map(quote),
    '$fork -- "$@"',
  ];
  const comments = [...before, unshare].map((step) => text.comment(step));
  const above = [...comments, '  # shellcheck disable=SC2086 # $fork is two words, or none\n'].join(
    '',
  );
  const words = sessionPart(bundle, plan, text);
  if (!cgroup) return `${words}${above}  ${command.join(' ')}\n`;
  const [enter] = cgroup.steps.slice(-1) as [Step];
  return `${words}  ( # a shell of its own goes in, so that the first one can take the cgroup away in the end
  trap - EXIT HUP INT TERM
${text.comment(enter)}  ${outside(enter)} || exit
${above}  ${command.join(' ')}
  )
`;
}

/** The cgroup goes when the container has ended. */
function cgroupEnd({ made, folder }: CgroupPlan): string {
  const removals = made
    .toReversed()
    .map(
      (one) =>
        `  rmdir ${quote(one)}${one === folder ? '' : ' 2>/dev/null # unless others use it'}\n`,
    );
  return `leave_cgroup() {
  ended=$?
${removals.join('')}  exit "$ended"
}
trap leave_cgroup EXIT
trap : HUP INT TERM
`;
}

/**
 * PID 1's first act. The terminal of an exported script is that of a session outside, from which only root
 * of the machine can take it (ioctl_tty(2), TIOCSCTTY): elsewhere a shell with job control gives PID 1 a
 * process group of its own and the terminal, which is what keeps signals for the group inside.
 */
function sessionPart({ config }: Bundle, plan: StartPlan, text: StepText): string {
  const take = plan.unshare.types.includes('user')
    ? `fork= && set -- bash ${bashAlone.join(' ')} -mc '"$@"; exit' bash setpriv --pdeathsig=KILL -- "$@"`
    : `set -- setsid ${isSystemInit(config) ? '' : '--ctty '}"$@"`;
  const { rootInside } = plan;
  const become = rootInside ? `${toArgv(rootInside).map(quote).join(' ')} ` : '';
  return `${text.comment(plan.session)}${rootInside ? text.comment(rootInside) : ''}  set -- ${plan.writeIdMaps.length ? 'sh -c "$wait" sh ' : ''}${become}sh -c "$steps" sh "$rootfs" "$@"
  fork='${forks.join(' ')}'
  if [ -t 0 ]; then ${take}
  else set -- setsid "$@"; fi
`;
}

function outside(step: Step): string {
  return toArgv(step)
    .map((word) =>
      word.includes(pidPlaceholder)
        ? word
            .split(pidPlaceholder)
            .map((part) => (part ? quote(part) : ''))
            .join('"$pid"')
        : quote(word),
    )
    .join(' ');
}
