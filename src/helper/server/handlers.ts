/** What each request does. Called by HelperServer.ts, which gives them to every client. */
import { version } from '../../../package.json';
import type { Params } from '../../protocol/messages';
import { ProcessWatcher } from '../processes/ProcessWatcher';
import { programBelow } from '../sight/programBelow';
import { takeSnapshot } from '../sight/takeSnapshot';
import { signalTree } from '../processes/signalTree';
import { layerChanges, layerSide, layerSize, seenInside } from '../layer/scratchLayer';
import { baselineHandlers } from './baselineHandlers';
import { checkRootfsFor } from './checkRootfsFor';
import { ClientWatches } from './ClientWatches';
import { importFor } from './importFor';
import { LayerWatches } from './LayerWatches';
import { Lessons } from './Lessons';
import { rootfsFileHandlers } from './rootfsFileHandlers';
import { SightWatches } from './SightWatches';
import { unknownContainer } from './unknownContainer';
import type { LastClientPolicy } from './LastClientPolicy';
import type { ContainerRegistry } from './ContainerRegistry';
import type { Handlers, RpcClient } from './RpcClient';
import type { Streams } from './Streams';

export function createHandlers(
  registry: ContainerRegistry,
  streams: Streams,
  alone: LastClientPolicy,
  shutdown: () => void,
): Handlers {
  const lessons = new Lessons(streams);
  const sights = new SightWatches(registry);
  const layers = new LayerWatches(registry);
  const watchers = new ClientWatches<ProcessWatcher>();

  /** The reader runs while at least one client looks: each watcher reads for one client. */
  function watch(client: RpcClient, { id, on, lively }: Params<'watchProcesses'>): void {
    const known = watchers.get(client, id);
    if (on && known && lively !== undefined) {
      known.lively = lively;
      return;
    }
    watchers.end(client, id);
    if (!on) return;
    const container = registry.get(id);
    const reader = container.processes();
    const watcher = new ProcessWatcher({
      id,
      reader,
      users: () => container.users(),
      emit: (delta) => client.notify('processes', delta),
      ...(lively === undefined ? {} : { lively }),
    });
    watchers.add(client, id, watcher, container.over);
    watcher.start();
  }

  return {
    hello: (_, client) => ({
      aloneMs: alone.before(client),
      version,
      pid: process.pid,
      privilege: process.geteuid!() === 0 ? 'root' : 'rootless',
      uid: process.geteuid!(),
    }),
    list: () => ({ containers: registry.list }),
    start: ({ bundle, kind, layer, stepwise, calls, ...size }, client) => {
      const folder = { bundle, kind, layer, allowed: client.allowed };
      return stepwise
        ? registry.startStepwise(folder, size, client)
        : registry.start(folder, size, calls);
    },
    stepsOf: ({ id }) => registry.get(id).stepwise().stepsOf,
    advance: ({ id, to }) => registry.get(id).stepwise().advance(to),
    stop: async ({ id, graceMs }) => {
      await registry.get(id).stop(graceMs);
      return {};
    },
    openSession: async ({ id, args, user, beside, ...size }) => ({
      stream: await registry.get(id).openSession(args, size, { user, beside }),
    }),
    endSession: ({ id, stream }) => {
      registry.get(id).endSession(stream);
      return {};
    },
    resize: ({ stream, viewer, ...size }) => {
      streams.resize(stream, size, viewer);
      return {};
    },
    adjustWindow: ({ stream, viewer, bytes }) => {
      streams.adjustWindow(stream, viewer, bytes);
      return {};
    },
    pause: async ({ id }) => {
      await registry.get(id).pause();
      return {};
    },
    resume: async ({ id }) => {
      await registry.get(id).resume();
      return {};
    },
    allowRootfsBelow: ({ folders }, client) => {
      const { uid: person, gid } = registry.owner;
      client.allowed = folders.length > 0 ? { folders, person, gid } : undefined;
      return {};
    },
    setLastClientPolicy: ({ stop }) => {
      alone.stop = stop;
      return {};
    },
    signal: async ({ id, pid, startTime, signal }) => {
      const unheard = await registry
        .get(id)
        .act(`kill ${signal} PID ${pid}`, (reader) => reader.signal(pid, startTime, signal));
      return unheard === undefined ? {} : { unheard };
    },
    signalTree: async ({ id, pid, startTime, signal }) => ({
      processes: await registry
        .get(id)
        .act(`kill ${signal} PID ${pid} and all below it`, (reader) =>
          signalTree(reader, pid, startTime, signal),
        ),
    }),
    renice: async ({ id, pid, startTime, nice }) => {
      await registry
        .get(id)
        .act(`renice ${nice} PID ${pid}`, (reader) => reader.renice(pid, startTime, nice));
      return {};
    },
    inspectProcess: ({ id, pid, startTime, environment }) =>
      registry.get(id).processes().inspect(pid, startTime, environment),
    watchProcesses: (params, client) => {
      watch(client, params);
      return {};
    },
    lookAtPlaces: ({ id, processes }) => registry.get(id).processes().places(processes),
    deleteBundle: async ({ bundle, inode }) => {
      await registry.delete(bundle, inode);
      return {};
    },
    lookAtOwnership: ({ bundle, kind, path }, { allowed }) =>
      registry.ownership('look', bundle, kind, path, allowed),
    takeOwnership: ({ bundle, kind, path }, { allowed }) =>
      registry.ownership('take', bundle, kind, path, allowed),
    undoOwnership: ({ bundle, kind }, { allowed }) =>
      registry.ownership('undo', bundle, kind, '/', allowed),
    checkRootfs: (wish, client, token) => checkRootfsFor(client, wish, token),
    layerChanges: async ({ bundle }, { allowed }) =>
      layerChanges(await registry.open(bundle, 'bundle', allowed)),
    watchLayer: ({ bundle, on }, client) => {
      if (on) layers.begin(client, bundle);
      else layers.end(client, bundle);
      return {};
    },
    layerSide: async ({ bundle, side, path }, { allowed }) =>
      layerSide(await registry.open(bundle, 'bundle', allowed), side, path),
    layerSize: async ({ bundle }, { allowed }) =>
      layerSize(await registry.open(bundle, 'bundle', allowed)),
    changeLayer: ({ bundle, action, paths }, { allowed }) =>
      registry.changeLayer(action, bundle, paths, allowed),
    seenInside: async ({ bundle: folder, paths }, { allowed }) => {
      const bundle = await registry.open(folder, 'bundle', allowed);
      const info = registry.infoOf(bundle.path);
      if (info?.state !== 'running' || !info.layer || info.hostPid === undefined)
        throw unknownContainer();
      return seenInside(bundle, info.hostPid, paths);
    },
    removeLayer: async ({ bundle }, { allowed }) => {
      await registry.removeLayer(bundle, allowed);
      return {};
    },
    ...baselineHandlers(registry),
    ...rootfsFileHandlers(registry),
    openLesson: async ({ cwd, ...size }, client) => ({
      stream: await lessons.open(client, cwd, size),
    }),
    runInLesson: ({ stream, lines }, client) => lessons.of(client, stream).run(lines),
    interruptLesson: ({ stream }, client) => {
      lessons.of(client, stream).interrupt();
      return {};
    },
    endLesson: ({ stream }, client) => {
      lessons.of(client, stream).dispose();
      return {};
    },
    frontOfLesson: async ({ stream }, client) => ({
      pid: await lessons.of(client, stream).front(),
    }),
    takeSnapshot: async ({ pid, child = false }) => {
      const of = child ? await programBelow(pid) : pid;
      const snapshot = of === undefined ? undefined : await takeSnapshot(of);
      return snapshot ? { snapshot } : {};
    },
    watchSights: (wanted, client) => {
      sights.begin(client, wanted);
      return {};
    },
    endSights: ({ watch }, client) => {
      sights.end(client, watch);
      return {};
    },
    import: (wish, client, token) =>
      importFor(client, wish, token, (bundle) => registry.startedFrom(bundle)),
    shutdown: () => {
      setImmediate(shutdown); // the answer comes first
      return {};
    },
  };
}
