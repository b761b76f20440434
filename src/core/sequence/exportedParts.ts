/** What of an exported script runs its steps: the fixed scripts, as far as the plan needs them, and the shell outside. */
import { partOf } from './partOf';
import initScript from './init.sh';
import { type StartPlan, isPinned } from './step';
import stepsScript from './steps.sh';
import { shellFunctionOf } from './toArgv';
import waitScript from './wait.sh';

/** What bash lets nobody set, as init.sh has it; here some more may match. */
const reserved = /^(BASH\w*|SHELLOPTS|PPID|SHLVL|_|PIPESTATUS)=/;

export function exportedParts(plan: StartPlan): string {
  const { cgroup, writeIdMaps, rootfs, pivot } = plan;
  const mayBeReserved = plan.env.some((entry) => reserved.test(entry));
  const parts = new Set([
    ...(rootfs.some(isPinned) ? ['held'] : []),
    ...(mayBeReserved ? ['reserved'] : []),
  ]);
  const called = new Set(rootfs.flatMap((step) => shellFunctionOf(step) ?? []));
  const writes = [...(cgroup?.steps ?? []), ...writeIdMaps, ...pivot].some(
    ({ kind }) => kind === 'write',
  );
  return `${variable('steps', partOf(stepsScript, parts, called))}
${variable('init', partOf(initScript, parts))}
${writeIdMaps.length ? `${variable('wait', waitScript)}\n` : ''}${openPipes}
${writes ? `${writeFile}\n` : ''}pid=
give_up() {
  printf 'Failed: %s\\n' "$1" >&2
  [ -z "$pid" ] || kill -KILL "$pid"
  exit 1
}
failed_at() { # NUMBER [REASON]: says what the comment above that step does
  reason=\${2-exit code $?}
  case $1 in
${mayBeReserved ? "    variable) step='process.env sets what bash keeps for itself' ;;\n" : ''}    '' | *[!0-9]*) step=$1 ;;
    *) step=$(sed -n "/^  # $1\\. /{s///;N;s/\\n  #   / (/;s/\\$/)/;p;q;}" "$0") ;;
  esac
  give_up "$step: $reason"
}

${belowThis}
# Outside: hears what PID 1 reports, and does what it waits for.
attend_pid1() {
  exec 3<&5 4>&7 5<&- 6>&- 7>&-
  strange=
  while IFS=' ' read -r word value rest <&3; do
    case $word in
      pid) if [ -z "$pid" ]; then
        # Whoever is root inside may report another's number: nothing is done to it before.
        if ! below_this "$value"; then
          strange='what reported as PID 1 is another process, or has ended'
          [ ! -e "/proc/$value" ] || give_up "$strange"
          continue # it may have told of the step that ended it
        fi
        pid=$value
${writeIdMaps.length ? '        map_ids\n        echo mapped >&4\n' : ''}      fi ;;
      ready) break ;;
      fail) failed_at "$value" "exit code $rest" ;;
      refuse) failed_at "$value" "$rest" ;;
    esac
  done
  [ -n "$pid" ] || [ -z "$strange" ] || give_up "$strange"
  [ "$word" = ready ] || exit
${pivot.length ? '  switch_root\n' : ''}  below_this "$pid" && echo go >&4 # unless who started it has gone meanwhile
}
`;
}

const openPipes = `# Two pipes: what PID 1 reports (3), and the words that let it on (4). Their other ends are 5 and 7, for
# the shell outside alone, so that each side hears of the other's end.
open_pipes() {
  pipes=$(mktemp -d) && mkfifo "$pipes/reports" "$pipes/words" || exit
  exec 3<>"$pipes/reports" 4<>"$pipes/words"
  exec 5<"$pipes/reports" 7>"$pipes/words"
  exec 3>"$pipes/reports" 4<"$pipes/words" 6>&2
  rm -r "$pipes"
}
`;

const writeFile = `write_file() {
  printf '%s\\n' "$1" >"$2"
}`;

const belowThis = `# Whether PID is below this script still, whose end will then end it; kill -0 takes a zombie for alive.
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
`;

function variable(name: string, script: string): string {
  return `${name}=$(cat <<'END-OF-${name.toUpperCase()}'\n${script}END-OF-${name.toUpperCase()}\n)\n`;
}
