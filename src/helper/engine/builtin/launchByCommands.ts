/**
 * The start sequence, carried out by programs of the machine: spawns the fixed scripts with the plan's steps,
 * switches PID 1's root from outside while it waits, looks once more, and says "go". For launchBuiltin.ts.
 */
import { readFile } from 'node:fs/promises';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { statusNumbers } from '../../../core/procfs/parseStatus';
import { stepInfo } from '../../../core/sequence/commandLine';
import { encodeBatched, encodeSteps, initParameters } from '../../../core/sequence/encodeSteps';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import initScript from '../../../core/sequence/init.sh';
import { type StartPlan, bashAlone, isPinned, stepsOf } from '../../../core/sequence/step';
import stepsScript from '../../../core/sequence/steps.sh';
import { shellFunctionOf, toArgv } from '../../../core/sequence/toArgv';
import waitScript from '../../../core/sequence/wait.sh';
import { onOpenTerminal } from '../../console/pty/onTerminal';
import type { LaunchOptions, LaunchedContainer } from '../shared/Engine';
import { ContainerCgroup } from '../../cgroup/ContainerCgroup';
import { callerOpenFiles } from '../../host/callerLimits';
import { signalTold, tellingEnd } from '../../host/childEnd';
import { containerExit } from '../shared/containerExit';
import { killIfAlive } from '../../host/killIfAlive';
import { endAsNotPlanned } from './notAsPlanned';
import { findTool, requireTools } from '../../host/hostTools';
import { prepareOutside } from './outsideSteps';
import { Reports, readReports } from './reports';
import { rootfsWarnings } from '../shared/rootfsWarnings';
import { type ScriptProcess, spawnScript } from './spawnScript';
import { startCancelled } from '../shared/startCancelled';
import { deferred, launched, openProcfs, undone, verifyStart } from './started';

/** Where it fails, everything is undone: the namespaces die with their first process. */
export async function launchByCommands(
  bundle: Bundle,
  plan: StartPlan,
  facts: HostFacts,
  options: LaunchOptions,
): Promise<LaunchedContainer> {
  const cgroupEntered = () => options.onCgroupEntered?.();
  const steps = stepsOf(plan);
  requireTools([
    'setpriv',
    'nsenter',
    ...(steps.some(isPinned) ? ['readlink'] : []),
    ...(plan.shell ? [plan.shell] : []),
    ...steps
      .filter((step) => step.where !== 'container' && shellFunctionOf(step) === undefined)
      .map((step) => toArgv(step)[0]!),
  ]);

  const aborted = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, aborted.signal])
    : aborted.signal;
  const firstMap = steps.indexOf(plan.session) + 1;
  const firstDress = firstMap + plan.writeIdMaps.length + (plan.rootInside ? 1 : 0);
  const [pidKnown, ready] = [deferred<number>(), deferred<void>()];
  const reports = new Reports(bundle.name, steps, {
    pid: (pid) => pidKnown.resolve(pid),
    ready: () => ready.resolve(),
    step: (step, state) => {
      options.onStep?.(stepInfo(step), state);
      if (state !== 'done' || step !== plan.cgroup?.steps.at(-1)) return;
      cgroupEntered();
      announceNamespaces();
    },
  });

  const announceNamespaces = () => {
    for (const step of [plan.join, plan.switchUser, plan.unshare, plan.session])
      if (step) options.onStep?.(stepInfo(step), 'start');
  };
  if (!plan.cgroup) announceNamespaces();
  const cgroup = plan.cgroup && new ContainerCgroup(plan.cgroup);
  const child = spawnPid1(bundle, plan, firstDress, options.terminal);
  // What goes over a whole tree keeps nothing waiting that PID 1 waits for.
  const inspected = rootfsWarnings(bundle, facts);
  inspected.catch(() => undefined); // a start may fail before it is waited for, and say why itself
  const finished = readReports(child, reports);
  const ended = finished.then(() => child.result);
  const dies = ended.then(({ exitCode }): never => reports.throwFailure(exitCode ?? 1));
  dies.catch(() => undefined); // raced below; afterwards the end is an ordinary one
  const cancelled = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(startCancelled(bundle)));
  });
  cancelled.catch(() => undefined);
  const orFail = <T>(promise: Promise<T>) => Promise.race([promise, dies, cancelled]);

  let hostPid: number | undefined;
  try {
    if (cgroup) {
      await orFail(options.onCgroup?.(cgroup.made) ?? Promise.resolve());
      child.words.write('go\n');
    }
    hostPid = await orFail(pidKnown.promise);
    await orFail(requireChild(bundle, hostPid, child.pid));
    options.onStep?.(stepInfo(plan.unshare), 'done');
    options.onStep?.(stepInfo(plan.session), 'done');
    if (plan.writeIdMaps.length > 0) {
      const map = prepareOutside(plan.writeIdMaps, firstMap, hostPid, reports, aborted.signal);
      await orFail(map.go());
      child.words.write('mapped\n');
    }
    const firstPivot = steps.indexOf(plan.pivot[0] ?? plan.payload);
    const pivot = prepareOutside(plan.pivot, firstPivot, hostPid, reports, aborted.signal);
    await orFail(ready.promise);
    for (const step of plan.dropPrivileges) options.onStep?.(stepInfo(step), 'start');
    await orFail(pivot.go());
    await verifyStart(bundle, plan, hostPid);
    for (const warning of await orFail(inspected)) options.onWarning?.(warning);
    await orFail(options.onPid1?.(hostPid) ?? Promise.resolve());
    const procfs = openProcfs(bundle, plan, hostPid);
    options.onStep?.(stepInfo(plan.payload), 'start');
    child.words.end('go\n');
    return launched({
      ...{ bundle, plan, hostPid, procfs, cgroup, options },
      ended: ended.then(({ exitCode, signal }) => {
        const by = signal ?? signalTold(exitCode, reports.saysMore);
        return containerExit(bundle.name, exitCode, by, reports.output, !diesOfAnySignal(plan));
      }),
    });
  } catch (error) {
    aborted.abort();
    // PID 1 first, by name: unshare, its parent, blocks SIGTERM.
    killIfAlive(hostPid);
    killIfAlive(child.pid);
    await ended;
    throw await undone(error, bundle, cgroup, options);
  }
}

/**
 * Who reports is PID 1 while it sets up the rootfs, and in a user namespace that belongs to somebody else
 * they could have it report another's number.
 */
async function requireChild(
  bundle: Bundle,
  pid: number,
  parent: number | undefined,
): Promise<void> {
  // nsenter may have forked before unshare did, and tellingEnd before both.
  for (let [one, above] = [pid, 0]; above < 3; above++) {
    const status = await readFile(`/proc/${one}/status`, 'latin1').catch(() => '');
    if (status === '') return; // it has ended, which is told as what it is
    one = statusNumbers(status, 'PPid')[0] ?? NaN;
    if (one === parent) return;
  }
  endAsNotPlanned(bundle, 'what reported as its PID 1 is another process');
}

function spawnPid1(
  bundle: Bundle,
  plan: StartPlan,
  firstDress: number,
  terminal: LaunchOptions['terminal'],
): ScriptProcess {
  const absolute = ([program, ...rest]: readonly string[]) =>
    program === undefined ? [] : [findTool(program) ?? program, ...rest];
  const command = [
    ...absolute(terminal?.enter ?? []),
    ...(plan.cgroup
      ? [
          ...absolute(['setpriv', '--pdeathsig=KILL', '--']),
          ...['/bin/sh', '-c', stepsScript, 'sh', '', ...encodeSteps(plan.cgroup.steps, 0)],
        ]
      : []),
    ...(diesOfAnySignal(plan)
      ? [...absolute(['setpriv', '--pdeathsig=KILL', '--']), ...tellingEnd([])]
      : []),
    ...absolute(plan.join ? toArgv(plan.join) : []),
    // When the helper dies, unshare dies, and by --kill-child PID 1 and so everything.
    ...absolute(plan.switchUser ? toArgv(plan.switchUser) : ['setpriv', '--pdeathsig=KILL', '--']),
    ...absolute(toArgv(plan.unshare)),
    '--',
    ...absolute(toArgv(plan.session)),
    ...(plan.writeIdMaps.length > 0 ? ['/bin/sh', '-c', waitScript, 'sh'] : []),
    ...absolute(plan.rootInside ? toArgv(plan.rootInside) : []),
    ...['/bin/sh', '-c', stepsScript, 'sh', bundle.rootfs],
    ...encodeBatched(plan.rootfs, firstDress),
    ...plan.dropPrivileges.flatMap((step) => absolute(toArgv(step))),
    ...[
      ...(plan.shell ? [findTool(plan.shell)!, ...bashAlone, '-c'] : ['/bin/sh', '-c']),
      initScript,
      'sh',
      ...initParameters(plan, bundle.rootfs, callerOpenFiles()),
    ],
  ];
  const argv = terminal ? onOpenTerminal(command) : (command as [string, ...string[]]);
  return spawnScript(argv, terminal === undefined ? 'inherit' : { tty: terminal.place });
}

/** The first process of a PID namespace dies of SIGKILL alone (pid_namespaces(7)). */
function diesOfAnySignal({ unshare }: StartPlan): boolean {
  return !unshare.types.includes('pid');
}
