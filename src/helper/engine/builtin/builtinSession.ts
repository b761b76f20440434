/** The command of a further shell in a container of the built-in engine. Called through Engine.ts. */
import { readFile } from 'node:fs/promises';
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { NamespaceType } from '../../../core/config/namespaceTypes';
import { TerrariumError } from '../../../core/errors';
import { capabilityNames, namesOfCapabilities } from '../../../core/procfs/capabilities';
import { parseStatus } from '../../../core/procfs/parseStatus';
import type { StartPlan } from '../../../core/sequence/step';
import { limitArguments } from '../../../core/sequence/toArgv';
import type { LaunchedContainer, SessionCommand, SessionRequest } from '../shared/Engine';
import { forkingCapsh } from '../../host/forkingCapsh';
import { findTool, hostEnvironment } from '../../host/hostTools';
import { withContainerFsTimeout } from '../shared/withContainerFsTimeout';
import { openFilesCommand } from '../../host/openFilesCommand';
import { readOnlyPrograms, terminalHolder } from '../../host/readOnlyPrograms';
import { sessionEntry } from '../shared/sessionEntry';
import { enterNamespaces, outsideOf } from './enterNamespaces';
import { handSession } from './handSession';
import { numbered, programSession } from './programSession';
import { liveRoot } from '../shared/sessionProgram';
import type { SessionUser } from '../shared/sessionUser';

/**
 * A program of the host cannot be loaded behind the container's root, so what confines a session must
 * happen in one process: `capsh` changes its root and gives up its privileges while it is not among
 * the container's processes yet (`nsenter --no-fork`), and then forks into them (`-+`). So nobody
 * inside ever sees a process whose /proc/PID/root is the host's (CVE-2016-9962), or one that may more
 * than PID 1 and could be made to do it with ptrace(2). Without capsh it is nsenter that forks, once
 * it has changed its root.
 * @throws TerrariumError `session-chroot`, `session-processes`, and a CommandError where the program is
 *   not there to be run
 */
export async function builtinSession(
  container: LaunchedContainer,
  plan: StartPlan,
  { command, user: who, cwd, variables }: SessionRequest,
): Promise<SessionCommand> {
  const { bundle, hostPid } = container;
  const { process: wanted, linux } = bundle.config;
  if (plan.way === 'hand')
    return handSession(container, plan, { command, user: who, cwd, variables });
  const types = new Set(linux?.namespaces?.map(({ type }) => type));
  if (plan.unshare.types.includes('user')) types.add('user');
  if (types.has('user') && !types.has('pid')) {
    throw new TerrariumError(
      'session-processes',
      `“${bundle.name}” has users of its own and the host's processes: it would see a further shell before that has left the host's root.`,
      'Add { "type": "pid" } to linux.namespaces of config.json.',
    );
  }
  if (plan.way === 'program')
    return programSession(container, plan, types, { command, user: who, cwd, variables });
  const rootless = process.geteuid!() !== 0;
  const nsenter = findTool('nsenter')!;
  const into = [...types];
  const limits = limitArguments(wanted.rlimits);
  const held = [
    ...openFilesCommand(bundle.config),
    ...(limits.length ? [findTool('prlimit')!, ...limits, '--'] : []),
    ...(wanted.noNewPrivileges ? [findTool('setpriv')!, '--no-new-privs', '--'] : []),
  ];
  const capsh = await forkingCapsh();
  const last = Number(await readFile('/proc/sys/kernel/cap_last_cap', 'latin1'));
  const may = await withContainerFsTimeout(container, () => mayKeep(hostPid));
  const kept = confinement(bundle, who, may, last);
  const entry = await withContainerFsTimeout(container, () =>
    sessionEntry(container, command, cwd, variables),
  );
  const [program, ...rest] = entry.argv;
  const firstLine = [
    capsh ? undefined : withoutCapsh(bundle, who),
    entry.staysInRoot ? `It starts in /: to go to ${cwd} it needs a /bin/sh inside.` : undefined,
  ]
    .filter(Boolean)
    .join(' ');
  const payload =
    capsh && kept.length
      ? [
          ...['--no-fork', '--root=/', `--wd=${liveRoot(hostPid)}`, '--'],
          ...[capsh, '--chroot=.', ...kept, `--shell=${program}`, '-+', ...rest],
        ]
      : ['--root', `--wd=${liveRoot(hostPid)}`, ...identity(who), '--', program!, ...rest];
  const handed = [...variables.early, ...entry.env];
  const first = await handedDown(container, plan, handed.length);
  const programs = [nsenter, ...(capsh ? [capsh] : [])];
  const enter = (types: readonly NamespaceType[]) =>
    enterNamespaces(hostPid, types, plan.rootInside !== undefined);
  const from = (types: readonly NamespaceType[]) => [
    ...first,
    ...held,
    ...enter(types),
    ...payload,
  ];
  return {
    argv: [...readOnlyPrograms(programs), ...from(into)],
    ...(entry.leads && {
      inside: [
        // Only a user namespace lets somebody without root have a /dev of their own.
        ...(rootless ? [...enter(['user']), '--'] : []),
        ...terminalHolder(programs),
        String(rootless ? who.uid : await outsideOf(hostPid, who.uid)),
        entry.ownErrors ? 'apart' : 'together',
        ...from(rootless ? into.filter((type) => type !== 'user') : into),
      ],
    }),
    env: { ...hostEnvironment, ...numbered(handed) },
    leads: entry.leads,
    ownErrors: entry.ownErrors,
    ...(firstLine ? { firstLine } : {}),
  };
}

/**
 * What a shell of the host hands down: the cgroup first, so that all the rest counts there. Its own
 * environment, and that of the shells before it, is the host's: one of the bundle's could be a function
 * to bash (`BASH_FUNC_…`) or a PATH that dash takes its own words from (`%builtin`).
 * @param variables how many of `numbered` there are
 */
async function handedDown(
  { bundle, cgroup, hostPid }: LaunchedContainer,
  { umask }: StartPlan,
  variables: number,
): Promise<string[]> {
  // Where PID 1 is now, which it may have chosen itself below its cgroup.
  const procs = (await cgroup?.procsOf(hostPid)) ?? '';
  const { oomScoreAdj } = bundle.config.process;
  const given = [procs, String(oomScoreAdj ?? ''), umask ?? ''];
  return ['/bin/sh', '-c', handDown, 'sh', ...given, findTool('env')!, String(variables)];
}

const handDown = `set -e
[ -z "$1" ] || echo 0 >"$1"
[ -z "$2" ] || echo "$2" >/proc/self/oom_score_adj
[ -z "$3" ] || umask "$3"
# shellcheck disable=SC2034 # eval reads env
env=$4 count=$5 i=1 given=''
shift 5
while [ "$i" -le "$count" ]; do # made from numbers alone
  given="$given \\"\\$TERRARIUM_$i\\""
  i=$((i + 1))
done
eval exec '"$env"' -i -- "$given" '"$@"'`;

/** What PID 1 could have at most: some of config.json's capabilities the helper may lack itself. */
async function mayKeep(hostPid: number): Promise<ReadonlySet<string>> {
  const { capabilities } = parseStatus(await readFile(`/proc/${hostPid}/status`));
  return new Set(namesOfCapabilities(capabilities.bounding));
}

/**
 * capsh(1)'s words, which it follows in their order: ids last, while it still may. Another user than
 * root has lost its capabilities with that; root gives them up before it forks.
 */
function confinement(
  { config }: Bundle,
  { uid, gid, groups }: SessionUser,
  may: ReadonlySet<string>,
  last: number,
): string[] {
  const { capabilities } = config.process;
  const kept = (names: readonly string[] = []) =>
    capabilityNames.filter((name) => may.has(name) && names.includes(`CAP_${name}`));
  const bounding = kept(capabilities?.bounding);
  // An older kernel has not all of them, and none that it does not have can be dropped.
  const drop = capabilityNames.filter((name, at) => at <= last && !bounding.includes(name));
  const isOther = uid !== 0 || gid !== 0 || groups.length > 0;
  const sets = ['=', ...bounding.map((name) => `${capshName(name)}+ep`)];
  sets.push(...kept(capabilities?.inheritable).map((name) => `${capshName(name)}+i`));
  return [
    ...(capabilities ? [`--drop=${drop.map(capshName).join(',')}`] : []),
    ...(isOther ? [`--groups=${groups.join(',')}`, `--gid=${gid}`, `--uid=${uid}`] : []),
    ...(capabilities && uid === 0 ? [`--caps=${sets.join(' ')}`] : []),
  ];
}

function capshName(name: string): string {
  return `cap_${name.toLowerCase()}`;
}

/** nsenter(1) drops all additional groups with it. */
function identity({ uid, gid }: SessionUser): string[] {
  return uid === 0 && gid === 0 ? [] : [`--setuid=${uid}`, `--setgid=${gid}`];
}

function withoutCapsh({ config }: Bundle, { groups }: SessionUser): string | undefined {
  if (config.process.capabilities)
    return 'This shell has capabilities that PID 1 gave up: keeping to its set needs the program capsh with its option -+ (package libcap2-bin).';
  return groups.length > 0
    ? 'This shell is in none of its user’s supplementary groups: that needs the program capsh with its option -+ (package libcap2-bin).'
    : undefined;
}
