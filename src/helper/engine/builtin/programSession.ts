/**
 * The command of a further shell by terrarium-init (src/init/join.c): one process that enters all namespaces,
 * takes what PID 1 has of limits, ids, capabilities and filter, and forks into the container's processes when
 * it has nothing more than that. Called by builtinSession.ts.
 */
import { type NamespaceType, cloneFlags } from '../../../core/config/namespaceTypes';
import { securityModules } from '../../../core/config/securityModules';
import { readUserFile } from '../../../core/procfs/userFiles';
import {
  ioPriorityValue,
  personalityValue,
  processorMask,
  schedulerWords,
} from '../../../core/sequence/executionSteps';
import { nextLabel } from '../../../core/sequence/labelSteps';
import { limitWords, privilegeWords } from '../../../core/sequence/programOperation';
import {
  type StartPlan,
  type Step,
  type StepOf,
  limitsOpenFiles,
} from '../../../core/sequence/step';
import { hostEnvironment } from '../../host/hostTools';
import { initProgram } from '../../host/initProgram';
import { callerOpenFiles } from '../../host/callerLimits';
import { holderCommand } from '../../host/holderCommand';
import type { SessionTarget, SessionCommand, SessionRequest } from '../shared/Engine';
import { sessionProgram } from '../shared/sessionProgram';
import { withContainerFsTimeout } from '../shared/withContainerFsTimeout';
import { enterNamespaces, outsideOf } from './enterNamespaces';
import { joinOnMaster, numbered } from './joinOnMaster';

/**
 * @param types of all namespaces that PID 1 has of its own or has joined
 * @throws CommandError where the program is not there to be run
 */
export async function programSession(
  container: SessionTarget,
  plan: StartPlan,
  types: ReadonlySet<NamespaceType>,
  { command, user: who, cwd, variables, looks }: SessionRequest,
): Promise<SessionCommand> {
  const { bundle, hostPid, cgroup } = container;
  const { process: wanted, linux } = bundle.config;
  const affinity = wanted.execCPUAffinity;
  const rootless = process.geteuid!() !== 0;
  // Beside one another: each is some reads.
  const [program, modules, ownCgroup, mayLeave, owner] = await Promise.all([
    withContainerFsTimeout(container, () =>
      sessionProgram(container, command, cwd, variables.all, looks),
    ),
    securityModules(bundle.config),
    cgroup?.procsOf(hostPid),
    mayLeaveGroups(hostPid),
    rootless ? who.uid : outsideOf(hostPid, who.uid),
  ]);
  const { filter, limits, privileges } = ofPid1(plan);
  const openFiles = limitsOpenFiles(plan) ? undefined : callerOpenFiles();
  const label = nextLabel(bundle.config, modules);
  // Where PID 1 is now, which it may have chosen itself below its cgroup.
  const procs = ownCgroup ?? '';
  const confinement = privilegeWords({
    ...privileges,
    user: { uid: who.uid, gid: who.gid },
    groups: mayLeave ? who.groups : 'keep',
  });
  /**
   * @param into without those that the caller is in already
   * @param owner of the terminal that it opens itself
   */
  const words = (into: ReadonlySet<NamespaceType>, becomesRoot: boolean, owner?: number) => [
    ...[String(hostPid), cloneFlags(into)],
    ...[procs, String(wanted.oomScoreAdj ?? '')],
    ...[label?.file ?? '', label?.text ?? ''],
    plan.umask === undefined ? '-' : String(parseInt(plan.umask, 8)),
    openFiles === undefined ? '-' : String(openFiles),
    ...[becomesRoot ? '1' : '0', '1', String(owner ?? '-'), cwd],
    ...(filter ? [String(filter.flags), filter.program] : ['0', '']),
    linux.personality ? String(personalityValue(linux.personality)) : '-',
    wanted.ioPriority ? String(ioPriorityValue(wanted.ioPriority)) : '-',
    ...[processorMask(affinity?.initial), processorMask(affinity?.final)],
    ...[String(limits.length / 3), ...limits],
    ...[...schedulerWords(wanted.scheduler).map(String), ...confinement],
    ...[program, ...command.slice(1)],
  ];
  const join = (...of: Parameters<typeof words>) => [initProgram(), 'join', ...words(...of)];
  const becomesRoot = plan.rootInside !== undefined;
  const insideUser = new Set([...types].filter((type) => type !== 'user'));
  return {
    argv: join(types, becomesRoot),
    onMaster: (master) => joinOnMaster(words(types, becomesRoot, owner), variables.all, master),
    inside: [
      // Only a user namespace lets somebody without root have a /dev of their own.
      ...(rootless ? [...enterNamespaces(hostPid, ['user'], becomesRoot), '--'] : []),
      ...holderCommand(),
      String(owner),
      'together',
      ...(rootless ? join(insideUser, false) : join(types, becomesRoot)),
    ],
    shown: [
      ...enterNamespaces(hostPid, [...types], becomesRoot),
      ...['--root', '--', program, ...command.slice(1)],
    ],
    env: { ...hostEnvironment, ...numbered(variables.all) },
    leads: true,
    ownErrors: false,
  };
}

/** What PID 1 was told to give up. */
function ofPid1({ dropPrivileges }: StartPlan) {
  const find = <Kind extends Step['kind']>(kind: Kind) =>
    dropPrivileges.find((step): step is StepOf<Kind> => step.kind === kind);
  return {
    filter: find('filter'),
    limits: limitWords(find('rlimits')?.limits ?? []),
    privileges: find('dropPrivileges')?.privileges ?? {},
  };
}

/** Whether setgroups(2) is denied in its user namespace (user_namespaces(7)). */
async function mayLeaveGroups(hostPid: number): Promise<boolean> {
  return (await readUserFile('setgroups', hostPid)).trim() === 'allow';
}
