/** How commands take their words: which options have a value of their own, and where a command follows. Called by `shellSpots`. */
import type { WordKind } from '../word';

/** Options whose value may be the next word. */
const withValue: Readonly<Record<string, string>> = {
  awk: '-F -v',
  chroot: '--userspec --groups',
  chrt: '-T -D -P --sched-runtime --sched-deadline --sched-period',
  cut: '-d -f -c',
  df: '-t',
  env: '-u --unset -C --chdir',
  exec: '-a',
  findmnt: '-o --output -t --types -N --task -T --target',
  grep: '-e --regexp -m --max-count -f -A -B -C',
  head: '-n --lines -c --bytes',
  hostname: '-F --file',
  install: '-m --mode',
  ionice: '-c --class -n --classdata -p --pid',
  kill: '-s --signal',
  lsns: '-t --type -p --task -o --output',
  mkdir: '-m --mode',
  mknod: '-m --mode',
  mktemp: '-p',
  mount: '-t --types -o --options -N --namespace',
  nice: '-n --adjustment',
  nsenter: '-t --target -S --setuid -G --setgid',
  pgrep: '-P --parent',
  pkill: '-P --parent',
  prlimit: '-p --pid',
  ps: '-o --format o -p --pid p --ppid -C',
  renice: '-n --priority -p --pid',
  sed: '-e --expression',
  setpriv:
    '--reuid --regid --ruid --euid --groups --bounding-set --inh-caps --ambient-caps --pdeathsig --securebits --seccomp-filter',
  stat: '-c --format',
  strace: '-e -p -o',
  su: '-c --command',
  sudo: '-u --user',
  tail: '-n --lines -c --bytes',
  timeout: '-s --signal -k --kill-after',
  tr: '',
  umount: '-N --namespace -t -O',
  unshare:
    '-R --root -w --wd -S --setuid -G --setgid --propagation --setgroups --monotonic --boottime --map-users --map-groups',
};

export function takesValue(command: string, option: string): boolean {
  // Any word may be a command: `constructor`, which an object has from elsewhere.
  return Object.hasOwn(withValue, command) && withValue[command]!.split(' ').includes(option);
}

/** Commands that run another one, behind so many words of their own. */
export const runsAnother: ReadonlyMap<string, number> = new Map([
  ...['sudo', 'unshare', 'nsenter', 'setsid', 'setpriv', 'prlimit', 'nice', 'ionice', 'env']
    .concat('nohup', 'exec', 'command', 'strace', 'busybox', 'xargs')
    .map((name) => [name, 0] as const),
  ...['chroot', 'chrt', 'setarch', 'taskset', 'timeout'].map((name) => [name, 1] as const),
]);

/** What the value of an option is. Values are lists with commas between them. */
const valueKinds: Readonly<Record<string, WordKind>> = {
  'capsh --drop': 'capability',
  'capsh --has-p': 'capability',
  'capsh --has-b': 'capability',
  'findmnt -t': 'filesystem',
  'findmnt --types': 'filesystem',
  'kill -s': 'signal',
  'kill --signal': 'signal',
  'lsns -t': 'namespace',
  'lsns --type': 'namespace',
  'mount -t': 'filesystem',
  'mount --types': 'filesystem',
  'mount -o': 'mountOption',
  'mount --options': 'mountOption',
  'ps -o': 'column',
  'ps o': 'column',
  'ps --format': 'column',
  'setpriv --ambient-caps': 'capability',
  'setpriv --bounding-set': 'capability',
  'setpriv --inh-caps': 'capability',
  'setpriv --pdeathsig': 'signal',
  'timeout -s': 'signal',
  'timeout --signal': 'signal',
  'unshare --kill-child': 'signal',
  'unshare --propagation': 'mountOption',
};

export function valueKind(command: string, option: string): WordKind | undefined {
  return valueKinds[`${command} ${option}`];
}

/** What another word of a command may be. */
export const operandKinds: ReadonlyMap<string, WordKind> = new Map([
  ['mount', 'filesystem'],
  ['trap', 'signal'],
]);

/** Their options are long ones with a single dash, or none that are told. */
export const longAfterOneDash = new Set(['find', 'ip']);

/** Their first option may be a signal: `kill -9`. */
export const takesSignal = new Set(['kill', 'killall', 'pkill']);

/** Their `-c` is followed by shell code. */
export const shells = new Set(['sh', 'bash', 'dash', 'ash', 'su', 'capsh']);

/** Words of the shell's grammar, behind which a command begins. */
export const reserved = new Set(
  [
    '!',
    '{',
    '}',
    'if',
    'then',
    'elif',
    'else',
    'fi',
    'while',
    'until',
    'do',
    'done',
    'time',
  ].concat('esac'),
);
