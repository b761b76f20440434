/** `helper.js serve`: the helper as a server for the editor. Composition only. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Bundle } from '../../core/bundle/loadBundle';
import { verifyDirectory } from '../../core/client/runtimeDirectory';
import { TerrariumError, messageOf } from '../../core/errors';
import { announceAlive } from '../processes/alive';
import { keptPlans } from '../engine/builtin/keptPlans';
import { StartsAhead } from '../engine/builtin/startAhead';
import { dropSparePrograms, keepSparePrograms } from '../engine/builtin/spareProgram';
import { preferBusybox } from '../host/closingShell';
import { answerStarter, detach } from '../host/detach';
import { type StartOptions, launchContainer } from '../engine/launchContainer';
import { LooksThread } from '../engine/LooksThread';
import { looksHere } from '../engine/looksHere';
import { rehearsePlans } from '../engine/rehearsal';
import type { SessionTarget } from '../engine/shared/Engine';
import { sessionCommand } from '../engine/shared/sessionCommand';
import type { SessionAs } from '../engine/shared/sessionUser';
import { readToken } from './readToken';
import { ContainerRegistry } from '../server/ContainerRegistry';
import { HelperServer } from '../server/HelperServer';
import type { Timers } from '../server/IdleTimer';
import { Journal } from '../server/Journal';
import { PidRecords } from '../leftovers/PidRecords';
import { Streams } from '../server/Streams';
import { refuseTracing } from '../host/sudoTracing';
import { sweep } from '../leftovers/sweep';

export interface ServeOptions {
  /** A folder of `uid` with mode 0700. */
  readonly directory: string;
  readonly socketName: string;
  /** In `directory`, mode 0600; it is gone once it was read. */
  readonly tokenFile: string;
  /** The user that may connect, and that gets the files of `takeOwnership`. */
  readonly uid: number;
  readonly gid: number;
  /** Serve in a detached process and return when it listens. */
  readonly detach: boolean;
  readonly timers?: Timers;
}

/** Between SIGTERM and SIGKILL for containers when the helper itself is told to end, in milliseconds. */
const endGraceMs = 2000;

/** How soon spare programs are spawned, in milliseconds: who waits for the helper, or for a payload, comes first. */
const spareAfter = 100;

/** How soon a start is rehearsed, in milliseconds: after that. */
const rehearsesAfter = 250;

/**
 * Prints one line, `terrarium-helper ready`, when it listens. Resolves when the helper has ended, or
 * with `detach` when the detached process listens.
 * @throws TerrariumError `sudo-traces`, or naming what kept it from listening
 */
export async function serve(options: ServeOptions): Promise<void> {
  requireSane(options);
  if (options.detach) {
    refuseTracing();
    const { directory, socketName, tokenFile, uid, gid } = options;
    await detach([
      ...['serve', '--directory', path.resolve(directory), '--socket', socketName],
      ...['--token-file', path.resolve(tokenFile), '--uid', String(uid), '--gid', String(gid)],
    ]);
    process.stdout.write('terrarium-helper ready\n');
    return;
  }
  try {
    // What ps(1), the evidence of lessons and the table of sights call it: Node's own name is MainThread.
    writeFileSync('/proc/self/comm', 'terrarium');
    const helper = await listen(options);
    if (!answerStarter({ ready: true })) process.stdout.write('terrarium-helper ready\n');
    await helper.ended;
  } catch (error) {
    const { code, problem, remedy } =
      error instanceof TerrariumError
        ? error
        : new TerrariumError('helper-failed', `The helper failed: ${messageOf(error)}.`, '');
    answerStarter({ code, problem, remedy });
    throw error;
  }
}

async function listen(options: ServeOptions): Promise<{ readonly ended: Promise<void> }> {
  const { directory, socketName, tokenFile, uid, gid, timers } = options;
  await verifyDirectory(directory, uid);
  const token = await readToken(tokenFile, directory, uid);
  let end!: () => void;
  let isEnding = false;
  /** Not where the helper ends until then: what it made would be left. */
  const soon = (act: () => void, after: number) =>
    void setTimeout(() => isEnding || act(), after).unref();
  const keepSpareSoon = () => soon(keepSparePrograms, spareAfter);
  const toldToEnd = new Promise<void>((resolve) => (end = resolve));

  const records = new PidRecords(path.join(directory, `state-${socketName}.json`));
  const journal = new Journal((lines) => server.broadcast('log', { lines }));
  const streams = new Streams((ended) => server.broadcast('streamEnded', ended));
  const looks = new LooksThread(looksHere);
  const plan = keptPlans();
  const starts = new StartsAhead();
  const launcher = {
    looks,
    ahead: (folder: string, terminal: string) => starts.begin(folder, terminal),
    launch: (bundle: Bundle, start: StartOptions) =>
      launchContainer(bundle, { ...start, plan }).finally(keepSpareSoon),
    session: (container: SessionTarget, args: readonly string[], as: SessionAs) =>
      sessionCommand(container, args, as, looks).finally(keepSpareSoon),
  };
  const registry = new ContainerRegistry(streams, launcher, journal, { uid, gid });
  const server = new HelperServer({
    ...{ directory, socketName, token, owner: { uid, gid }, registry, streams, journal },
    beforeListening: async () => {
      await sweep((text) => journal.note('warn', text), records);
      await announceAlive();
    },
    onEnd: end,
    ...(timers ? { timers } : {}),
  });
  registry.record = () =>
    records.write(registry.leftovers).catch((error: unknown) => {
      journal.note('warn', `No record: ${messageOf(error)}`);
    });
  registry.onChanged = (info) => {
    server.broadcast('containerChanged', info);
    server.update();
    void registry.record();
  };
  await Promise.all([server.listen(), preferBusybox()]);
  keepSpareSoon();
  looks.begin();
  const rehearse = () =>
    void rehearsePlans().catch((error: unknown) =>
      journal.note('warn', `No start was rehearsed: ${messageOf(error)}`),
    );
  soon(rehearse, rehearsesAfter);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);
  const ended = toldToEnd.then(async () => {
    isEnding = true;
    looks.close();
    await registry.stopAll(endGraceMs);
    await dropSparePrograms();
    await server.close();
    await records.write([]);
    streams.dispose();
  });
  return { ended };
}

function requireSane({ socketName, uid, gid }: ServeOptions): void {
  const isId = (id: number) => Number.isInteger(id) && id >= 0 && id < 4294967295;
  if (/^[a-z0-9][a-z0-9.-]{0,31}$/.test(socketName) && isId(uid) && isId(gid)) return;
  throw new TerrariumError(
    'bad-arguments',
    'The socket must be a plain name in lower case, and uid and gid numbers.',
    'Correct them; helper.js --help says how it is called.',
  );
}
