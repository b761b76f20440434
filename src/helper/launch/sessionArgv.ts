/** The command of a further shell in a running container. Called by the server. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { limitArguments } from '../../core/sequence/confineSteps';
import { isUnsafeForHostPrograms, namespaceFlags } from '../../core/sequence/planStart';
import { personalEnvironment } from '../engine/launchRuntime';
import { runtimeSession } from '../engine/runtimeSession';
import { findTool, hostEnvironment } from './hostTools';
import type { LaunchedContainer } from './launchContainer';
import { openFilesCommand } from './openFilesCommand';
import { type SessionAs, type SessionUser, sessionUser } from './sessionUser';

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
 * @param args empty means the user's own shell
 * @param as whom; PID 1's user unless given
 * @throws TerrariumError `session-chroot`, `session-user`
 */
export async function sessionArgv(
  container: LaunchedContainer,
  args: readonly string[],
  as: SessionAs = {},
): Promise<SessionCommand> {
  const { bundle, hostPid, plan, runtime } = container;
  const who = await sessionUser(bundle, as);
  const command = args.length > 0 ? args : [who.shell];
  if (runtime) {
    const argv = runtimeSession(runtime, command, who);
    const own = process.geteuid!() === 0 ? {} : await personalEnvironment();
    return { argv, env: { ...environment([]), ...own }, ...strongerThan(bundle, who) };
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
  const limits = limitArguments(bundle.config);
  const held = [
    ...openFilesCommand(bundle.config),
    ...(limits.length ? [findTool('prlimit')!, ...limits, '--'] : []),
    ...(wanted.noNewPrivileges ? [findTool('setpriv')!, '--no-new-privs', '--'] : []),
  ];
  const capsh = findTool('capsh');
  const lines = [strongerThan(bundle, who).stronger, capsh ? undefined : withoutCapsh(bundle, who)];
  const stronger = lines.filter(Boolean).join(' ');
  const kept = confinement(bundle, who);
  const [program, ...rest] = who.cwd === undefined ? command : goingTo(who.cwd, command);
  const payload =
    capsh && kept.length
      ? [
          ...['--root=/', `--wd=/proc/${hostPid}/root`, '--', capsh, '--chroot=.', ...kept],
          ...[`--shell=${program}`, '--', ...rest],
        ]
      : ['--root', `--wd=/proc/${hostPid}/root`, ...identity(who), '--', program!, ...rest];
  return {
    argv: [...(await intoCgroup(container)), ...held, ...enter, ...payload],
    env: { ...environment(wanted.env ?? []), ...who.env },
    ...(stronger ? { stronger } : {}),
  };
}

/** Before anything else: where PID 1 is now, which it may have chosen itself below its cgroup. */
async function intoCgroup({ cgroup, hostPid }: LaunchedContainer): Promise<string[]> {
  if (!cgroup) return [];
  const procs = await cgroup.procsOf(hostPid);
  return ['/bin/sh', '-c', 'echo 0 >"$1" && shift && exec "$@"', 'sh', procs];
}

/**
 * The container's own shell goes to the folder, once it is nothing but a process of the container: a
 * folder that the helper opened for it could lie anywhere.
 */
function goingTo(cwd: string, command: readonly string[]): string[] {
  return ['/bin/sh', '-c', 'cd "$1"; shift; exec "$@"', 'sh', cwd, ...command];
}

/** capsh(1)'s words, which it follows in their order: ids last, while it still may. */
function confinement({ config }: Bundle, { uid, gid, groups }: SessionUser): string[] {
  const { capabilities } = config.process;
  const bounding = new Set(capabilities?.bounding ?? []);
  const drop = capabilityNames.filter((name) => !bounding.has(`CAP_${name.toUpperCase()}`));
  const isOther = uid !== 0 || gid !== 0 || groups.length > 0;
  return [
    ...(capabilities ? [`--drop=${drop.map((name) => `cap_${name}`).join(',')}`] : []),
    ...(isOther ? [`--groups=${groups.join(',')}`, `--gid=${gid}`, `--uid=${uid}`] : []),
  ];
}

/** nsenter(1) drops all additional groups with it. */
function identity({ uid, gid }: SessionUser): string[] {
  return uid === 0 && gid === 0 ? [] : [`--setuid=${uid}`, `--setgid=${gid}`];
}

function withoutCapsh({ config }: Bundle, { groups }: SessionUser): string | undefined {
  if (config.process.capabilities)
    return 'This shell has capabilities that PID 1 gave up: keeping to its set needs the program capsh (package libcap2-bin).';
  return groups.length > 0
    ? 'This shell is in none of its user’s further groups: that needs the program capsh (package libcap2-bin).'
    : undefined;
}

function strongerThan({ config }: Bundle, { uid }: SessionUser): { stronger?: string } {
  const own = config.process.user.uid;
  return uid === 0 && own !== 0
    ? { stronger: `This shell is root inside, and PID 1 is only user ${own}: you chose it.` }
    : {};
}

/** capabilities(7), in the order of their numbers up to Linux 5.9's last. */
const capabilityNames =
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'.split(
    ' ',
  );

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
