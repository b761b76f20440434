/** The command of a further shell in a running container. Called by the server. */
import { readAccounts } from '../../core/bundle/passwd';
import { TerrariumError } from '../../core/errors';
import { isUnsafeForHostPrograms, namespaceFlags } from '../../core/sequence/planStart';
import { runtimeSession } from '../engine/runtimeSession';
import { findTool, hostEnvironment } from './hostTools';
import type { LaunchedContainer } from './launchContainer';
import type { SessionPlace } from './sessionPlace';

export interface SessionCommand {
  readonly argv: string[];
  readonly env: Record<string, string>;
  /** What the session may that PID 1 may not; its first line says so. */
  readonly stronger?: string;
}

/**
 * A program of the host cannot be loaded behind the container's root, so what confines a session must
 * happen in one process: `capsh` keeps all its privileges until it has changed its root and only then
 * gives them up. (Dropping them first, with setpriv(1), would leave a moment in which the container's
 * root could follow /proc/PID/root to the host's.)
 */
export async function sessionArgv(
  container: LaunchedContainer,
  args: readonly string[],
  place?: SessionPlace,
): Promise<SessionCommand> {
  const { bundle, hostPid, plan, runtime } = container;
  if (runtime) {
    const command = args.length > 0 ? args : [await defaultShell(bundle.rootfs)];
    return { argv: runtimeSession(runtime, command, place), env: environment([]) };
  }
  if (!plan) throw new Error('a container has either a plan or a runtime');
  const { process: wanted, linux } = bundle.config;
  if (plan.chroot) {
    throw new TerrariumError(
      'session-chroot',
      `“${bundle.name}” uses chroot as in the notes: a further shell would land on the host's root.`,
      'Remove the annotation dev.terrarium.root from config.json to get pivot_root.',
    );
  }
  const types = new Set<string>(linux?.namespaces?.map(({ type }) => type));
  if (plan.unshare.argv.includes('--user')) types.add('user');
  const rootless = process.geteuid!() !== 0;
  const enter = [
    findTool('nsenter')!,
    `--target=${hostPid}`,
    ...Object.entries(namespaceFlags).flatMap(([type, flag]) => (types.has(type) ? [flag] : [])),
    ...(types.has('user') && rootless ? ['--preserve-credentials'] : []),
  ];
  const isOther = place && (place.uid !== 0 || place.gid !== 0);
  const held = wanted.noNewPrivileges ? [findTool('setpriv')!, '--no-new-privs', '--'] : [];
  const { kept, weaker } = confinement(container);
  const command = args.length > 0 ? args : [await defaultShell(bundle.rootfs)];
  const [program, ...rest] = place ? goingTo(place.cwd, command) : command;
  const payload = kept
    ? [
        ...['--root=/', `--wd=/proc/${hostPid}/root`, '--', ...kept],
        ...(isOther ? asUser(place) : []),
        ...[`--shell=${program}`, '--', ...rest],
      ]
    : [
        '--root',
        ...(isOther ? [`--setuid=${place.uid}`, `--setgid=${place.gid}`] : []),
        ...['--', program!, ...rest],
      ];
  return {
    argv: [...held, ...enter, ...payload],
    env: {
      ...environment(wanted.env ?? []),
      ...(isOther ? await homeOf(bundle.rootfs, place.uid) : {}),
    },
    ...(weaker ? { stronger: weaker } : {}),
  };
}

/**
 * The container's own shell goes to the folder, once it is nothing but a process of the container: a
 * folder that the helper opened for it could lie anywhere.
 */
function goingTo(cwd: string, command: readonly string[]): string[] {
  return ['/bin/sh', '-c', 'cd "$1"; shift; exec "$@"', 'sh', cwd, ...command];
}

/** In this order: who is not root any more may set no groups. */
function asUser({ uid, gid, groups }: SessionPlace): string[] {
  return [`--groups=${[gid, ...groups].join(',')}`, `--gid=${gid}`, `--uid=${uid}`];
}

/** What login(1) would set, where passwd(5) of the rootfs knows the user. */
async function homeOf(rootfs: string, uid: number): Promise<Record<string, string>> {
  const user = (await readAccounts(rootfs)).users.find((one) => one.uid === uid);
  if (!user || /[^\x20-\x7e]/.test(user.home + user.name)) return {};
  return { HOME: user.home, USER: user.name };
}

function confinement({ bundle }: LaunchedContainer): { kept?: string[]; weaker?: string } {
  const { capabilities } = bundle.config.process;
  if (!capabilities) return {};
  const capsh = findTool('capsh');
  if (!capsh) {
    return {
      weaker:
        'This shell has capabilities that PID 1 gave up: keeping to its set needs the program capsh (package libcap2-bin).',
    };
  }
  const bounding = new Set(capabilities.bounding ?? []);
  const drop = capabilityNames.filter((name) => !bounding.has(`CAP_${name.toUpperCase()}`));
  return {
    kept: [capsh, '--chroot=.', `--drop=${drop.map((name) => `cap_${name}`).join(',')}`],
  };
}

/** capabilities(7), in the order of their numbers up to Linux 5.9's last. */
const capabilityNames =
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'.split(
    ' ',
  );

/** The shell of root in the rootfs's etc/passwd; /bin/sh where it says none (passwd(5)). */
async function defaultShell(rootfs: string): Promise<string> {
  const { users } = await readAccounts(rootfs);
  const shell = users.find(({ uid }) => uid === 0)?.shell;
  return shell?.startsWith('/') ? shell : '/bin/sh';
}

/** nsenter is a program of the host and sees these first, with all the helper's privileges. */
function environment(env: readonly string[]): Record<string, string> {
  return {
    ...hostEnvironment,
    TERM: 'xterm-256color',
    ...Object.fromEntries(
      env
        .filter((variable) => !isUnsafeForHostPrograms(variable))
        .map((variable) => {
          const at = variable.indexOf('=');
          return [variable.slice(0, at), variable.slice(at + 1)];
        }),
    ),
  };
}
