/** The start sequence as a script that anybody can run by hand: the same scripts, the same steps. */
import type { Bundle } from '../bundle/loadBundle';
import { isSystemInit } from '../config/systemInit';
import { displayCommand, quote } from './commandLine';
import { encodeSteps, releaseParameters } from './encodeSteps';
import type { CgroupPlan } from './planCgroup';
import type { HostFacts } from './hostFacts';
import releaseScript from './release.sh';
import { oneLine, scriptBeginning, unlessScriptEnded } from './scriptBeginning';
import { type StartPlan, type Step, bashAlone, pidPlaceholder, stepsOf } from './step';
import stepsScript from './steps.sh';
import waitScript from './wait.sh';

/** @returns a POSIX shell script; run it with `sudo sh FILE`, or `sh FILE` where it is rootless. */
export function exportScript(bundle: Bundle, plan: StartPlan, facts: HostFacts): string {
  const all = stepsOf(plan);
  const comment = (step: Step) =>
    `\n# ${oneLine(step.why)}\n#   ${oneLine(displayCommand(step))}\n`;
  const named = (step: Step) => `${oneLine(step.why)} (${oneLine(displayCommand(step))})`;
  const hostSteps = (steps: readonly Step[]) =>
    steps
      .map((step) => `${comment(step)}  ${outside(step)} ||\n    give_up ${quote(named(step))}\n`)
      .join('');
  const parameter = (step: Step) => {
    const encoded = encodeSteps([step], all.indexOf(step)).slice(0, -1);
    return `${comment(step)}set -- "$@" ${encoded.map(quote).join(' ')}\n`;
  };
  const cgroupPart = ({ steps, made, folder }: CgroupPlan) => `
# The cgroup, which goes when the container has ended.
leave_cgroup() {
  ended=$?
${made
  .toReversed()
  .map(
    (one) =>
      `  rmdir ${quote(one)}${one === folder ? '' : ' 2>/dev/null # unless others use it'}\n`,
  )
  .join('')}  exit "$ended"
}
trap leave_cgroup EXIT
trap : HUP INT TERM
${hostSteps(steps.slice(0, -1))}`;
  // A shell of its own goes in, so that the first one can take it away in the end.
  const enterPart = ({ steps }: CgroupPlan) => {
    const [enter] = steps.slice(-1) as [Step];
    return `(\ntrap - EXIT HUP INT TERM${comment(enter)}${outside(enter)} || exit\n# It ends with the shell that waits for it.\n`;
  };
  return `${scriptBeginning(bundle, plan.warnings, facts, 'The start sequence')}
rootfs=${quote(bundle.rootfs)}

# Two pipes: what PID 1 reports (3), and the words that let it on (4). Their other ends are 5 and 7, for
# the shell outside alone, so that each side hears of the other's end.
pipes=$(mktemp -d) && mkfifo "$pipes/reports" "$pipes/words" || exit
exec 3<>"$pipes/reports" 4<>"$pipes/words"
exec 5<"$pipes/reports" 7>"$pipes/words"
exec 3>"$pipes/reports" 4<"$pipes/words" 6>&2
rm -r "$pipes"

${variable('steps', stepsScript)}
${variable('release', releaseScript)}
${plan.map.length ? variable('wait', waitScript) : ''}
# From outside, while PID 1 waits.
pid=
name_of() {
  case $1 in
${plan.dress.map((step) => `    ${all.indexOf(step)}) printf %s ${quote(named(step))} ;;\n`).join('')}    variable) printf 'process.env sets what bash keeps for itself' ;;
  esac
}
give_up() {
  printf 'Failed: %s\n' "$1" >&2
  [ -z "$pid" ] || kill -KILL "$pid"
  exit 1
}
write_file() {
  printf '%s\\n' "$1" >"$2"
}
# Whether PID is below this script still, whose end will then end it; kill -0 takes a zombie for alive.
below_this() { # PID
  case $1 in '' | *[!0-9]*) return 1 ;; esac
  one=$1
  while [ "\${one:-0}" -gt 1 ]; do
    [ "$one" != $$ ] || return 0
    above=
    while read -r name field; do
      [ "$name" != PPid: ] || above=$field
    done 2>/dev/null <"/proc/$one/status"
    one=$above
  done
  return 1
}
${plan.cgroup ? cgroupPart(plan.cgroup) : ''}(
  exec 3<&5 4>&7 5<&- 6>&- 7>&-
  while IFS=' ' read -r word value rest <&3; do
    case $word in
      pid) if [ -z "$pid" ]; then
        # Whoever is root inside may report another's number: nothing is done to it before.
        below_this "$value" || give_up 'what reported as PID 1 is another process, or has ended'
        pid=$value
${plan.map.length ? `${hostSteps(plan.map)}        echo mapped >&4\n` : '        :\n'}      fi ;;
      ready) break ;;
      fail) give_up "$(name_of "$value"): exit code $rest" ;;
      refuse) give_up "$(name_of "$value"): $rest" ;;
    esac
  done
  [ "$word" = ready ] || exit
${hostSteps(plan.pivot)}
  below_this "$pid" && echo go >&4 # unless who started it has gone meanwhile
) &
exec 5<&- 7>&-

# In the new namespaces. Each step: number, condition, folder in the rootfs, word count, command.
set --
${plan.dress.map(parameter).join('')}
# What follows the steps: ${plan.confine.map((step) => oneLine(step.why)).join('; ') || 'nothing to give up'}; then wait, and hand over.
set -- "$@" end ${plan.confine
    .flatMap((step) => step.argv)
    .map(quote)
    .join(' ')} \\
  ${plan.shell ? [plan.shell, ...bashAlone].join(' ') : 'sh'} -c "$release" sh ${releaseParameters(plan, bundle.rootfs).map(quote).join(' ')}
${sessionPart(bundle, plan)}
${plan.cgroup ? enterPart(plan.cgroup) : ''}${plan.join ? comment(plan.join) : ''}${plan.become ? comment(plan.become) : ''}${comment(plan.unshare)}exec ${plan.cgroup ? `setpriv --pdeathsig=KILL -- ${unlessScriptEnded} ` : ''}${plan.join ? `${plan.join.argv.map(quote).join(' ')} ` : ''}${plan.become ? `${plan.become.argv.map(quote).join(' ')} ` : ''}${plan.unshare.argv
    .filter((word) => !forks.includes(word))
    .map(quote)
    .join(' ')} $fork -- "$@"
${plan.cgroup ? ')\n' : ''}`;
}

/** How unshare(1) forks PID 1. */
const forks = ['--fork', '--kill-child'];

/**
 * PID 1's first act. The terminal of an exported script is that of a session outside, from which only root
 * of the machine can take it (ioctl_tty(2), TIOCSCTTY): elsewhere a shell with job control gives PID 1 a
 * process group of its own and the terminal, which is what keeps signals for the group inside.
 */
function sessionPart({ config }: Bundle, plan: StartPlan): string {
  const take = plan.unshare.argv.includes('--user')
    ? `fork= && set -- bash ${bashAlone.join(' ')} -mc '"$@"; exit' bash setpriv --pdeathsig=KILL -- "$@"`
    : `set -- setsid ${isSystemInit(config) ? '' : '--ctty '}"$@"`;
  return `
# ${plan.session.why}.
#   ${displayCommand(plan.session)}
set -- ${plan.map.length ? 'sh -c "$wait" sh ' : ''}sh -c "$steps" sh "$rootfs" "$@"
fork='${forks.join(' ')}'
if [ -t 0 ]; then ${take}
else set -- setsid "$@"; fi`;
}

function variable(name: string, script: string): string {
  return `${name}=$(cat <<'END-OF-${name.toUpperCase()}'\n${script}END-OF-${name.toUpperCase()}\n)\n`;
}

function outside(step: Step): string {
  return step.argv
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
