/**
 * The start sequence, carried out by terrarium-init (src/init): one process that makes the system calls and
 * then waits for PID 1, which waits here for the last look and "go". For launchBuiltin.ts.
 */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Bundle } from '../../../core/bundle/loadBundle';
import { stepInfo } from '../../../core/sequence/commandLine';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import type { StartPlan } from '../../../core/sequence/step';
import type { ContainerCgroup } from '../../cgroup/ContainerCgroup';
import { callerOpenFiles } from '../../host/callerLimits';
import { findTool, requireTools } from '../../host/hostTools';
import { initProgram } from '../../host/initProgram';
import { killIfAlive } from '../../host/killIfAlive';
import { containerExit } from '../shared/containerExit';
import type { LaunchOptions, LaunchedContainer, StepGate } from '../shared/Engine';
import { startCancelled } from '../shared/startCancelled';
import { ProgramReports } from './ProgramReports';
import { encodedPlan, preparedPlan } from './preparedPlan';
import { readReports } from './reports';
import { tooLong } from './processEnd';
import { takeProgram } from './spareProgram';
import { type WaitingProgram, goOn, spawnProgram } from './spawnProgram';
import { deferred, launched, openProcfs, undone, untilFailure } from './started';

/** Where it fails, everything is undone: the namespaces die with their first process. */
export async function launchByProgram(
  bundle: Bundle,
  plan: StartPlan,
  facts: HostFacts,
  options: LaunchOptions,
): Promise<LaunchedContainer> {
  requireShort(plan);
  const tools = plan.writeIdMaps.flatMap((step) => (step.kind === 'idMap' ? [step.tool] : []));
  requireTools(tools);
  const openFiles = callerOpenFiles();
  const encoded = encodedPlan(
    plan,
    {
      ...{ rootfs: bundle.rootfs, uid: facts.uid, gid: facts.gid },
      ...(openFiles === undefined ? {} : { openFiles }),
      ...(onOwnTerminal(options) ? { tty: options.terminal.place } : {}),
      stepwise: options.steps !== undefined,
    },
    Object.fromEntries(tools.map((name) => [name, findTool(name) ?? name])),
  );
  const cgroup = plan.cgroup && (await cgroupOf(plan.cgroup));
  const steps = options.steps && (await waiting(options.steps, bundle, plan, facts, cgroup));
  // A person takes longer than others can wait for theirs.
  if (steps) options.onCgroupEntered?.();
  if (cgroup) await options.onCgroup?.(cgroup.made);
  if (plan.rootfs.some(({ kind }) => kind === 'overlay'))
    await (await import('../../layer/prepareLayer')).prepareLayer(bundle, facts);
  if (options.signal?.aborted) throw startCancelled(bundle);

  const told = options.tellsCalls ? await callsToTell(bundle, plan, facts, options) : undefined;
  const begun = onOwnTerminal(options) ? options.ahead?.goOn(bundle, plan, encoded) : undefined;
  const child = begun ?? programFor(options).carryOut(encoded);
  if (!steps && !begun) child.words.write(goOn);
  const { steps: all, operations, toVerify } = preparedPlan(bundle, plan);
  const [pidKnown, ready] = [deferred<number>(), deferred<void>()];
  const reports = new ProgramReports(bundle.name, all, operations, {
    pid: (pid) => {
      steps?.pid1(pid);
      told?.pid1(pid);
      pidKnown.resolve(pid);
    },
    ready: () => ready.resolve(),
    step: (step, state) =>
      told ? told.step(step, state) : options.onStep?.(stepInfo(step), state),
    // Where that rejects, what is waited for below does so too.
    wait: (index) => void letOn(index).catch(() => undefined),
  });
  const letOn = async (index: number) => {
    await orFail(steps?.reached(index, reports) ?? Promise.resolve());
    child.words.write(goOn);
  };
  // What goes over a whole tree keeps nothing waiting that PID 1 waits for.
  const inspected = options.rootfsWarnings();
  inspected.catch(() => undefined); // a start may fail before it is waited for, and say why itself
  const ended = readReports(child, reports).then(() => child.result);
  const isLong = deferred<void>();
  const telling = steps ? undefined : setTimeout(() => isLong.resolve(), longStart);
  void isLong.promise.then(() => reports.tellSteps());
  if (steps) reports.tellSteps();
  const orFail = untilFailure(bundle, ended, reports, options.signal);

  let hostPid: number | undefined;
  try {
    hostPid = await orFail(pidKnown.promise);
    options.onCgroupEntered?.();
    await orFail(ready.promise);
    await orFail(steps?.reached(all.length - 1, reports) ?? Promise.resolve());
    await orFail(options.looks.verifyStart(toVerify, hostPid));
    for (const warning of await orFail(inspected)) options.onWarning?.(warning);
    await orFail(options.onPid1?.(hostPid) ?? Promise.resolve());
    const procfs = openProcfs(bundle, plan, hostPid);
    options.onGo?.();
    const handedOver = once(child.printed, 'end');
    child.words.write('g');
    const tell = () => {
      clearTimeout(telling);
      reports.tellSteps();
      if (told) told.handsOver(plan.payload);
      else options.onStep?.(stepInfo(plan.payload), 'start');
    };
    if (telling && onOwnTerminal(options))
      await beforeOutput(options.terminal.stream, tell, Promise.race([handedOver, isLong.promise]));
    else tell();
    return launched({
      ...{ bundle, plan, hostPid, procfs, cgroup, options },
      ended: ended.then(() => {
        // Without a report its monitor was killed, and PID 1 was then too (PR_SET_PDEATHSIG(2const)).
        const end = reports.end ?? { exitCode: undefined, signal: 'SIGKILL' };
        const isInit = plan.unshare.types.includes('pid');
        return containerExit(bundle.name, end.exitCode, end.signal, '', isInit);
      }),
    });
  } catch (error) {
    clearTimeout(telling);
    reports.tellSteps();
    child.words.destroy();
    killIfAlive(hostPid);
    await ended;
    told?.failed(reports.failed);
    if (!options.signal?.aborted) options.steps?.failed(reports.failed);
    throw await undone(error, bundle, cgroup, options);
  }
}

/** How long a start may take until its steps are told as they come, in milliseconds. */
const longStart = 40;

/** To tell takes a processor from the payload: it is done when that has begun, and before what it prints is shown. */
function beforeOutput(
  terminal: Readable,
  tell: () => void,
  hasBegun: Promise<unknown>,
): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false;
    const over = () => {
      if (isTold) return;
      isTold = true;
      terminal.off('data', over);
      tell();
      resolve();
    };
    terminal.prependListener('data', over);
    hasBegun.then(over, over);
  });
}

/** Loaded for those starts alone, as what follows. */
async function cgroupOf(plan: NonNullable<StartPlan['cgroup']>): Promise<ContainerCgroup> {
  const made = await import('../../cgroup/ContainerCgroup');
  return new made.ContainerCgroup(plan);
}

async function waiting(
  gate: StepGate,
  bundle: Bundle,
  plan: StartPlan,
  facts: HostFacts,
  cgroup: ContainerCgroup | undefined,
) {
  const { WaitingStart } = await import('./WaitingStart');
  return new WaitingStart(bundle, plan, gate, facts, cgroup);
}

async function callsToTell(...start: Parameters<typeof launchByProgram>) {
  const { toldCalls } = await import('./ToldCalls');
  return toldCalls(...start);
}

type Terminal = NonNullable<LaunchOptions['terminal']>;

/** Whether the terminal of PID 1 is one of this mount namespace, so that the program can open it by its path. */
function onOwnTerminal(
  options: LaunchOptions,
): options is LaunchOptions & { readonly terminal: Terminal } {
  return options.terminal?.enter.length === 0;
}

function programFor(options: LaunchOptions): WaitingProgram {
  if (onOwnTerminal(options)) return takeProgram();
  const argv = [initProgram(), 'start'] as const;
  if (!options.terminal) return spawnProgram(argv, 'inherit');
  const { enter, place } = options.terminal;
  const [tool = '', ...words] = enter;
  return spawnProgram([findTool(tool) ?? tool, ...words, ...argv], { tty: place });
}

/** MAX_ARG_STRLEN of linux/binfmts.h, in bytes with the NUL; together they are no longer than a config.json. */
const longestWord = 128 * 1024;

/** @throws TerrariumError `too-long`: execve(2) could only say so when PID 1 is there already */
function requireShort({ env, payload }: StartPlan): void {
  const isLong = (word: string) => Buffer.byteLength(word) >= longestWord;
  if ([...env, ...payload.args].some(isLong)) throw tooLong();
}
