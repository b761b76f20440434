/** All containers of one helper. Made by `serve`; the clients' requests arrive here. */
import path from 'node:path';
import { type Bundle, realFolder } from '../../core/bundle/loadBundle';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { isBelow } from '../../core/fs/isBelow';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ContainerInfo, FolderKind } from '../../protocol/container';
import type { TerminalSize } from '../console/pty/Pty';
import { containerId } from '../cgroup/containerId';
import { deleteBundle } from './deleteBundle';
import type { StartAhead } from '../engine/shared/Engine';
import type { InodeText } from '../../core/bundle/removeBundle';
import type { Launcher } from './Launcher';
import { ManagedContainer, type StartHow } from './ManagedContainer';
import type { RpcClient } from './RpcClient';
import { StartTurns } from './StartTurns';
import type { Journal } from './Journal';
import type { LayerResult } from '../../protocol/layer';
import { changeLayer, removeLayer } from '../layer/scratchLayer';
import type { Leftover } from '../leftovers/PidRecords';
import type { OpenStream, Streams } from './Streams';
import { type OwnershipResult, type OwnershipTask, ownership } from '../ownership/ownership';
import { running } from '../ownership/refuseRunning';
import { unknownContainer } from './unknownContainer';

/** How long a stopped container is still listed, in milliseconds. */
const stoppedKeptFor = 10 * 60_000;

/** What a start is told of its bundle. */
interface StartedFolder {
  readonly bundle: string;
  readonly kind: FolderKind;
  /** On a scratch layer, whatever config.json says. */
  readonly layer?: boolean | undefined;
  /** Where its rootfs may lie outside of the bundle. */
  readonly allowed?: AllowedFolders | undefined;
}

/** What this helper has started of a bundle. */
export interface StartedFrom {
  /** Real path. */
  readonly rootfs: string;
  readonly layer: boolean;
}

export class ContainerRegistry {
  private readonly containers = new Map<string, ManagedContainer>();
  /** Tasks on bundles that must not start meanwhile, by path. */
  private readonly busy = new Map<string, 'being deleted' | 'being changed'>();
  private readonly turns = new StartTurns();
  private isEnding = false;
  /** Set by the server: called for every change of any container. */
  onChanged: (info: ContainerInfo) => void = () => undefined;
  /** Set by the server: awaited before a start makes what could be left. */
  record: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly streams: Streams,
    private readonly launcher: Launcher,
    readonly journal: Journal,
    readonly owner: { readonly uid: number; readonly gid: number },
  ) {}

  get list(): ContainerInfo[] {
    return [...this.containers.values()].map(({ info }) => info);
  }

  /** @param bundle real path @returns undefined where this helper knows nothing of it */
  startedFrom(bundle: string): StartedFrom | undefined {
    const known = this.containers.get(containerId(bundle));
    return known && { rootfs: known.bundle.rootfs, layer: known.info.layer === true };
  }

  /** What must not outlive the helper. */
  get leftovers(): Leftover[] {
    return [...this.containers.values()].flatMap(({ leftover }) => leftover ?? []);
  }

  get hasLive(): boolean {
    return [...this.containers.values()].some(({ isLive }) => isLive);
  }

  /**
   * Nothing is done for it before its turn: what the helper does for those that wait would keep those that go on waiting.
   * @throws TerrariumError `container-live`, `helper-ends`, those of `open`, checkCommand and the launch
   */
  async start(
    { bundle: folder, kind, layer, allowed }: StartedFolder,
    size: TerminalSize,
    calls = false,
  ): Promise<ContainerInfo> {
    const end = await this.turns.take();
    try {
      if (this.isEnding) throw helperEnds();
      const open = () => this.launcher.looks.openForStart(folder, kind, layer, allowed);
      const begin = (terminal: string) => this.launcher.ahead?.(folder, terminal);
      const { container, lookFurther } = await this.add(open, size, { calls }, begin);
      await container.start(lookFurther?.());
      return container.info;
    } finally {
      end();
    }
  }

  /**
   * A start that waits before each of its steps. It is cancelled when that client goes while it waits.
   * @returns where it waits for the first time. @throws TerrariumError those of `start`
   */
  async startStepwise(
    { bundle: folder, kind, layer, allowed }: StartedFolder,
    size: TerminalSize,
    client: Pick<RpcClient, 'onGone' | 'isGone'>,
  ): Promise<ContainerInfo> {
    const open = async () => ({ bundle: await this.open(folder, kind, allowed, layer) });
    const { container } = await this.add(open, size, { stepwise: true });
    const cancel = () => container.cancelStart();
    client.onGone.add(cancel);
    if (client.isGone) cancel();
    const end = await this.turns.take(container.cancelled);
    const starting = container.start().finally(() => client.onGone.delete(cancel));
    // Of a later failure the answer to `advance` tells.
    await Promise.race([container.stepwise().begun, starting]).finally(end);
    return container.info;
  }

  /**
   * What can begin on its terminal begins before the bundle is opened: the thread that looks may be woken up on the
   * processor of this one, which goes on when that is done.
   * @throws TerrariumError `container-live`, those of `open`
   */
  private async add<Opened extends { readonly bundle: Bundle }>(
    open: () => Promise<Opened>,
    size: TerminalSize,
    how: StartHow,
    begin: (terminal: string) => StartAhead | undefined = () => undefined,
  ): Promise<Opened & { readonly container: ManagedContainer }> {
    const stream = this.streams.open(size);
    const ahead = begin(stream.console.terminal.path);
    try {
      const opened = await open();
      return { ...opened, container: this.manage(opened.bundle, stream, { ...how, ahead }) };
    } catch (error) {
      ahead?.end();
      this.streams.discard(stream);
      throw error;
    }
  }

  /** @throws TerrariumError `container-live` */
  private manage(bundle: Bundle, stream: OpenStream, how: StartHow): ManagedContainer {
    const id = containerId(bundle.path);
    this.requireIdle(bundle.path);
    const container = new ManagedContainer(
      id,
      bundle,
      stream,
      this.launcher,
      this.streams,
      this.journal,
      (one) => this.changed(one),
      () => this.record(),
      how,
    );
    this.containers.set(id, container);
    this.onChanged(container.info);
    return container;
  }

  /** @throws TerrariumError `container-unknown` */
  get(id: string): ManagedContainer {
    const container = this.containers.get(id);
    if (container) return container;
    throw unknownContainer();
  }

  /**
   * @param inode of the folder that was confirmed
   * @throws TerrariumError `container-live`, those of deleteBundle
   */
  async delete(folder: string, inode?: InodeText): Promise<void> {
    const bundle = await realFolder(folder);
    this.requireIdle(bundle);
    const guest = [...this.containers.values()].find(
      (one) => one.isLive && one.bundle.path !== bundle && isBelow(one.bundle.rootfs, bundle),
    );
    if (guest) throw holdsRootfs(bundle, guest.info);
    await this.whileBusy(bundle, 'being deleted', async () => {
      const over = this.journal.command(path.basename(bundle), `remove ${bundle}`);
      await deleteBundle(bundle, inode);
      over('done');
      this.containers.delete(containerId(bundle));
    });
  }

  /**
   * @param place a path as seen in the container
   * @throws TerrariumError `container-live`, those of `ownership`
   */
  async ownership<T extends OwnershipTask>(
    task: T,
    folder: string,
    kind: FolderKind,
    place: string,
    allowed?: AllowedFolders,
  ): Promise<OwnershipResult<T>> {
    const bundle = await this.open(folder, kind, allowed);
    const state = this.containers.get(containerId(bundle.path))?.info.state ?? 'stopped';
    if (state !== 'stopped') throw running(bundle.name, `it is ${state}`);
    this.requireIdle(bundle.path);
    const { uid, gid } = this.owner;
    const words = { look: 'look at', take: `chown ${uid}:${gid}`, undo: 'give back' };
    return this.whileBusy(bundle.path, 'being changed', () =>
      this.journal.during(bundle.name, `${words[task]} ${place} by descriptors`, () =>
        ownership(task, bundle, place, this.owner),
      ),
    );
  }

  /**
   * Also while its container runs on it, which sees it then.
   * @throws TerrariumError `container-live` while it starts or stops, or runs without it; those of layerTool
   */
  async changeLayer(
    action: 'apply' | 'discard',
    folder: string,
    paths: readonly string[],
    allowed?: AllowedFolders,
  ): Promise<LayerResult> {
    const bundle = await this.open(folder, 'bundle', allowed);
    const info = this.infoOf(bundle.path);
    const pid = info?.state === 'running' && info.layer ? info.hostPid : undefined;
    if (pid === undefined) this.requireIdle(bundle.path);
    return this.whileBusy(bundle.path, 'being changed', () =>
      this.journal.during(bundle.name, `${action} changes of its layer`, () =>
        changeLayer(bundle, action, paths, pid),
      ),
    );
  }

  /** @throws TerrariumError `container-live`, those of layerTool */
  async removeLayer(folder: string, allowed?: AllowedFolders): Promise<void> {
    const bundle = await this.open(folder, 'bundle', allowed);
    this.requireIdle(bundle.path);
    await this.whileBusy(bundle.path, 'being changed', async () => {
      await this.journal.during(bundle.name, 'remove its layer', () => removeLayer(bundle));
      const known = this.containers.get(containerId(bundle.path));
      this.containers.delete(containerId(bundle.path));
      if (known) this.onChanged({ ...known.info, layer: false });
    });
  }

  /**
   * At SIGTERM or the end of the helper: stops all in parallel. Never rejects: a container that cannot be
   * stopped is in the journal, and the others are stopped.
   */
  async stopAll(graceMs: number): Promise<void> {
    this.isEnding = true; // those that wait for their turn are in no list yet
    await Promise.all(
      [...this.containers.values()].map((container) =>
        container
          .stop(graceMs)
          .catch((error: unknown) => this.journal.note('error', messageOf(error))),
      ),
    );
  }

  /**
   * An editor's `kind` comes from what lies in the folder: there is no explicit way past the refusal.
   * @param allowed where its rootfs may lie outside of the bundle
   * @throws TerrariumError `bundle-or-folder`, those of loadUnambiguous
   */
  open(
    folder: string,
    kind: FolderKind,
    allowed?: AllowedFolders,
    layer?: boolean,
  ): Promise<Bundle> {
    return this.launcher.looks.open(folder, kind, layer, allowed);
  }

  /** Where it was started here. @param bundle real path */
  infoOf(bundle: string): ContainerInfo | undefined {
    return this.containers.get(containerId(bundle))?.info;
  }

  /** It may run. @throws TerrariumError `container-live` where all of it is being deleted or changed */
  requireNotBusy(bundle: string): void {
    const now = this.busy.get(bundle);
    if (now !== undefined) throw live(bundle, now, 'Wait until that is done.');
  }

  private requireIdle(bundle: string): void {
    const state = this.busy.get(bundle) ?? this.infoOf(bundle)?.state;
    if (state !== undefined && state !== 'stopped') throw live(bundle, state);
  }

  /** Nothing else is done with it meanwhile. @throws TerrariumError `container-live` where something is */
  private async whileBusy<T>(
    bundle: string,
    how: 'being deleted' | 'being changed',
    task: () => Promise<T>,
  ): Promise<T> {
    this.requireNotBusy(bundle);
    this.busy.set(bundle, how);
    try {
      return await task();
    } finally {
      this.busy.delete(bundle);
    }
  }

  private changed(container: ManagedContainer): void {
    this.onChanged(container.info);
    if (container.isLive) return;
    setTimeout(() => {
      if (this.containers.get(container.id) === container) this.containers.delete(container.id);
    }, stoppedKeptFor).unref();
  }
}

function holdsRootfs(bundle: string, { name, state }: ContainerInfo): TerrariumError {
  return new TerrariumError(
    'container-live',
    `${escapeControlCharacters(bundle)} holds the rootfs of “${escapeControlCharacters(name)}”, which is ${state}.`,
    'Stop that one first.',
  );
}

function live(
  bundle: string,
  state: string,
  remedy = 'Stop it first, or open a shell in it.',
): TerrariumError {
  return new TerrariumError(
    'container-live',
    `${escapeControlCharacters(bundle)} is ${state} already.`,
    remedy,
  );
}

function helperEnds(): TerrariumError {
  return new TerrariumError(
    'helper-ends',
    'The helper is ending, so nothing is started by it any more.',
    'Start it again: the editor starts another helper.',
  );
}
