/** The start of a bundle by hand as a script. It runs once more as PID 1, in the namespaces. Used by `exportScript`. */
import type { Bundle } from '../bundle/loadBundle';
import { quote } from '../text/quote';
import { displayCommand } from './commandLine';
import type { HostFacts } from './hostFacts';
import { oneLine, scriptBeginning } from './scriptBeginning';
import { type StartPlan, type Step, stepsOf } from './step';
import { toArgv } from './toArgv';
import { argvByHand } from './typedByHand';

/** @returns a POSIX shell script, as `exportScript` */
export function exportByHand(bundle: Bundle, plan: StartPlan, facts: HostFacts): string {
  const { head, alone } = scriptBeginning(bundle, plan.warnings, facts, 'The start by hand');
  const steps = stepsOf(plan);
  const comment = (step: Step) =>
    `  # ${steps.indexOf(step) + 1}. ${oneLine(step.why)}\n  #   ${oneLine(displayCommand(step))}\n`;
  const inside = plan.rootfs.map(
    (step) => `${comment(step)}  ${argvByHand(step).map(quote).join(' ')} || exit\n`,
  );
  const [chroot, ...words] = toArgv(plan.payload);
  const clean = ['env', '-i', '--', ...plan.env].map(quote).join(' ');
  const payload = `${clean} "$(command -v ${chroot})" ${words.map(quote).join(' ')}`;
  return `${head}
create_namespaces() {
${comment(plan.unshare)}  exec ${toArgv(plan.unshare).map(quote).join(' ')} "$0" --inside
}

# PID 1, which stays on the host's filesystem.
run_inside() {
${inside.join('')}  # ${steps.indexOf(plan.session) + 1}. ${oneLine(plan.session.why)}
  #   set -m
  set -m
${comment(plan.payload)}  ${payload}
}

if [ "\${1-}" = --inside ]; then
  run_inside
  exit
fi

# ── Below are no steps, but what keeps them from their caller's.

${alone}
create_namespaces
`;
}
