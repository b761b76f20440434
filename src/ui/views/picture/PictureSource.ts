/**
 * The picture of all running containers, made anew from what has changed. It reads, and has read, only while it
 * is awake. Made by `PicturePanel`.
 */
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { ProcessTree } from '../../../core/tree/processTree';
import { ContainerPicture } from '../../../core/picture/ContainerPicture';
import type { Picture, PictureContainer } from '../../../core/picture/Picture';
import { rootOf, whoseNamespaces } from '../../../core/picture/places';
import type { Container } from '../../model/container';
import type { ProcessesChange } from '../../services/ProcessStore';
import type { Services } from '../../services/Services';

/** Processes that stand for themselves: in all, and in one container at least and at most. */
const [mostShown, leastOfOne, mostOfOne] = [240, 4, 24];
const mostContainers = 40;

interface Known {
  readonly tree: ProcessTree;
  readonly picture: ContainerPicture;
}

type Used = Pick<Services, 'containers' | 'processes' | 'places' | 'helpers' | 'shared'>;

export class PictureSource implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listeners: vscode.Disposable[];
  /** Container id → what keeps it read. */
  readonly #watched = new Map<string, vscode.Disposable>();
  readonly #known = new Map<string, Known>();
  #isAwake = false;

  /** The picture may be another. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly services: Used) {
    const { containers, processes, places } = services;
    this.#listeners = [
      containers.onDidChange(() => {
        this.#watch();
        this.#changed.fire();
      }),
      processes.onDidChange((change) => this.#processesChanged(change)),
      places.onDidChange((id) => {
        this.#placesChanged(id);
        this.#changed.fire();
      }),
    ];
  }

  /** @param isAwake whether anybody may see the picture */
  wake(isAwake: boolean): void {
    if (isAwake === this.#isAwake) return;
    this.#isAwake = isAwake;
    this.#watch();
    if (isAwake) this.#changed.fire();
  }

  /** @returns the picture of now, bounded in size */
  make(): Picture {
    const all = this.#running();
    const running = all.slice(0, mostContainers);
    const { places, shared: selection, helpers } = this.services;
    const answers = running.flatMap(({ id }) => {
      const answer = places.of(id)?.answer;
      return answer ? [[id, answer] as const] : [];
    });
    const { shared, each } = whoseNamespaces(new Map(answers));
    const most = Math.floor(mostShown / Math.max(1, running.length));
    const room = Math.min(mostOfOne, Math.max(leastOfOne, most));
    const selected = selection.current;
    return {
      hostname: hostname(),
      helpers: (['root', 'rootless'] as const).flatMap((privilege) => {
        const pid = helpers.get(privilege)?.hello.pid;
        return pid === undefined ? [] : [{ pid, privilege }];
      }),
      containers: running.map(({ id, container }): PictureContainer => {
        const known = this.#of(id, container);
        const root = places.of(id)?.answer.first?.root;
        const wanted = selected?.containerId === id ? selected.key : undefined;
        return {
          ...{ id, name: container.name, isPaused: container.info?.paused ?? false },
          ...(each.get(id) ?? { own: [], machine: [] }),
          processes: known?.tree.size ?? 0,
          ...(root?.isHosts && { root: rootOf(root, '') }),
          items: known?.picture.items(room, wanted) ?? [],
        };
      }),
      shared,
      left: all.length - running.length,
    };
  }

  #running(): { id: string; container: Container }[] {
    return this.services.containers.all.flatMap((container) => {
      const { state, info } = container;
      return info && (state === 'running' || state === 'stopping')
        ? [{ id: info.id, container }]
        : [];
    });
  }

  #watch(): void {
    const { processes, places } = this.services;
    const ids = this.#isAwake ? this.#running().slice(0, mostContainers) : [];
    const wanted = new Set(ids.map(({ id }) => id));
    for (const [id, watched] of this.#watched)
      if (!wanted.has(id)) {
        watched.dispose();
        this.#watched.delete(id);
        this.#known.delete(id);
      }
    for (const id of wanted)
      if (!this.#watched.has(id))
        this.#watched.set(
          id,
          vscode.Disposable.from(processes.subscribe(id, { lively: true }), places.subscribe(id)),
        );
  }

  /** Made when its processes have come first; of a container that was started again they are others. */
  #of(id: string, { rootfs }: Container): Known | undefined {
    const tree = this.services.processes.of(id)?.tree;
    const known = this.#known.get(id);
    if (!tree || known?.tree === tree) return known;
    const picture = new ContainerPicture(tree, rootfs.split('/').slice(-2).join('/'));
    const made = { tree, picture };
    this.#known.set(id, made);
    this.#placesChanged(id);
    return made;
  }

  #processesChanged(change: ProcessesChange): void {
    if (!this.#watched.has(change.id)) return;
    const { tree } = this.services.processes.of(change.id) ?? {};
    const known = this.#known.get(change.id);
    const isSame = known !== undefined && known.tree === tree;
    if (
      !isSame ||
      known.picture.processesChanged(change) ||
      change.removed.length > 0 ||
      change.relisted.length > 0
    )
      this.#changed.fire();
  }

  #placesChanged(id: string): void {
    const found = this.services.places.of(id);
    if (found) this.#known.get(id)?.picture.placesChanged(found.answer, found.others);
  }

  dispose(): void {
    this.wake(false);
    for (const listener of this.#listeners) listener.dispose();
    this.#changed.dispose();
  }
}
