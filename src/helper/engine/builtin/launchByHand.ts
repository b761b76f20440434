/**
 * The start of a bundle by hand: unshare(1) makes bash PID 1, and the other commands are typed into it one by
 * one, each when the one before has answered. For launchBuiltin.ts.
 */
import { readFile } from 'node:fs/promises';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { stepInfo } from '../../../core/sequence/commandLine';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { type StartPlan, type Step, stepsOf } from '../../../core/sequence/step';
import { toArgv } from '../../../core/sequence/toArgv';
import { firstLine, typedByHand } from '../../../core/sequence/typedByHand';
import { signalTold } from '../../host/childEnd';
import { findTool, requireTools } from '../../host/hostTools';
import { killIfAlive } from '../../host/killIfAlive';
import { openFilesCommand } from '../../host/openFilesCommand';
import { containerExit } from '../shared/containerExit';
import type { LaunchOptions, LaunchedContainer } from '../shared/Engine';
import { lackOfDevices, requirePlaces, verifyByHand } from './placesByHand';
import { Reports } from './reports';
import { programStdio, spawnByHand } from './spawnByHand';
import { deferred, launched, openProcfs, undone, untilFailure } from './started';
import { toldCalls } from './ToldCalls';
import { WaitingStart } from './WaitingStart';

/** Where it fails, everything is undone: the namespaces die with their first process. */
export async function launchByHand(
  bundle: Bundle,
  plan: StartPlan,
  facts: HostFacts,
  options: LaunchOptions,
): Promise<LaunchedContainer> {
  options.onCgroupEntered?.();
  const steps = stepsOf(plan);
  requireTools(['setpriv', 'env', ...steps.map((step) => toArgv(step)[0]!), plan.unshare.shell!]);
  await requirePlaces(bundle);
  const absolute = ([program, ...rest]: readonly string[]) =>
    program === undefined ? [] : [findTool(program)!, ...rest];
  const typed = typedByHand(plan, (program) => findTool(program)!, programStdio);
  const { terminal } = options;
  const command = [
    ...absolute(terminal?.enter ?? []),
    // When the helper dies, unshare dies, and by --kill-child PID 1 and so everything.
    ...absolute(['setpriv', '--pdeathsig=KILL', '--']),
    ...openFilesCommand(bundle.config),
    ...absolute(toArgv(plan.unshare)),
  ];

  const told = toldCalls(bundle, plan, facts, options);
  const reports = new Reports(bundle.name, steps, {
    pid: () => undefined,
    ready: () => undefined,
    step: (step, state) =>
      told ? told.step(step, state) : options.onStep?.(stepInfo(step), state),
  });
  const waiting = options.steps && new WaitingStart(bundle, plan, options.steps, facts);
  let at = 0;
  /** Waits before that step where each is waited before. */
  const reached = (step: Step): Promise<void> => {
    at = steps.indexOf(step);
    return waiting?.reached(at, { isDone: () => true, answers: () => [] }) ?? Promise.resolve();
  };
  const never = new Promise<never>(() => undefined);
  await untilFailure(bundle, never, reports, options.signal)(reached(plan.unshare));
  let answered = deferred<number>();
  let said = false;
  const child = spawnByHand(command, typed.env, terminal?.place, {
    answer: (line) => {
      const [, status] = /^status (\d+)$/.exec(line) ?? [];
      if (status !== undefined) answered.resolve(Number(status));
    },
    printed: (text) => {
      said = true;
      reports.print(text);
    },
  });
  const ended = child.result;
  const orFail = untilFailure(bundle, ended, reports, options.signal);
  const type = async (line: string): Promise<number> => {
    answered = deferred<number>();
    child.typed.write(line);
    return orFail(answered.promise);
  };

  let hostPid: number | undefined;
  try {
    reports.line(`step ${steps.indexOf(plan.unshare)}`);
    const inspected = options.rootfsWarnings();
    inspected.catch(() => undefined); // a start may fail before it is waited for, and say why itself
    await type(firstLine);
    hostPid = await onlyChild(child.pid!);
    waiting?.pid1(hostPid);
    told?.pid1(hostPid);
    reports.line(`pid ${hostPid}`);
    reports.line(`done ${steps.indexOf(plan.unshare)}`);
    for (const [index, line] of typed.steps.entries()) {
      const step = plan.rootfs[index]!;
      await orFail(reached(step));
      const number = steps.indexOf(step);
      reports.line(`step ${number}`);
      const status = await type(line);
      reports.line(status === 0 ? `done ${number}` : `fail ${number} ${status}`);
      if (status === 0) continue;
      // What the command printed comes by another pipe, and may come later than its status.
      killIfAlive(hostPid);
      await ended;
      reports.throwFailure(status);
    }
    await orFail(reached(plan.session));
    await verifyByHand(bundle, plan, hostPid);
    for (const warning of await orFail(inspected)) options.onWarning?.(warning);
    await orFail(options.onPid1?.(hostPid) ?? Promise.resolve());
    const procfs = openProcfs(bundle, plan, hostPid);
    for (const step of [plan.session, plan.payload])
      if (told) told.handsOver(step);
      else options.onStep?.(stepInfo(step), 'start');
    // After the last step a warning stands in the terminal, before anybody can meet what it is about.
    const lack = await lackOfDevices(bundle);
    if (lack !== undefined) options.onWarning?.(lack);
    said = false;
    child.typed.end(typed.payload);
    return launched({
      ...{ bundle, plan, hostPid, procfs, cgroup: undefined, options },
      ended: ended.then(({ exitCode, signal }) => {
        // bash passes on 128 and the signal's number, and says of which signal the program died.
        const told = signal === undefined ? signalTold(exitCode, said) : undefined;
        const isInit = signal !== undefined && plan.unshare.types.includes('pid');
        return containerExit(bundle.name, exitCode, signal ?? told, reports.output, isInit);
      }),
    });
  } catch (error) {
    killIfAlive(hostPid);
    killIfAlive(child.pid);
    await ended;
    if (!options.signal?.aborted) options.steps?.failed({ index: at });
    throw await undone(error, bundle, undefined, options);
  }
}

/** What unshare(1) has forked. */
async function onlyChild(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return Number(children.trim());
}
