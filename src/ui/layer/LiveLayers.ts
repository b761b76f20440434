/** Has the helper tell what containers that run change on their layers. Used by LayerSources. */
import { messageOf } from '../../core/errors';
import type { LayerDelta } from '../../protocol/layer';
import type { Container } from '../model/container';
import type { HelperLink } from '../services/HelperLink';
import type { Helpers } from '../services/Helpers';

export interface LiveListener {
  changed(bundle: string, delta: LayerDelta): void;
  /** It is told again once it can be. */
  failed(bundle: string, reason: string): void;
}

export class LiveLayers {
  /** Bundle → who tells of it. */
  readonly #watched = new Map<string, HelperLink>();
  readonly #ends = new Map<HelperLink, () => void>();

  constructor(
    private readonly helpers: Pick<Helpers, 'get'>,
    private readonly listener: LiveListener,
  ) {}

  /** @returns whether it is told what this one changes: its list comes then, and every difference after it */
  follow({ bundle, state, info }: Container): boolean {
    const link = state !== 'stopped' && info ? this.helpers.get(info.privilege) : undefined;
    if (link === this.#watched.get(bundle)) return link !== undefined;
    this.end(bundle);
    if (!link) return false;
    this.#watched.set(bundle, link);
    this.#listenTo(link);
    link.request('watchLayer', { bundle, on: true }).catch((error: unknown) => {
      if (this.#watched.get(bundle) === link) this.#watched.delete(bundle);
      this.listener.failed(bundle, messageOf(error));
    });
    return true;
  }

  end(bundle: string): void {
    const link = this.#watched.get(bundle);
    this.#watched.delete(bundle);
    // One that is gone watches nothing.
    link?.request('watchLayer', { bundle, on: false }).catch(() => undefined);
  }

  #listenTo(link: HelperLink): void {
    if (this.#ends.has(link)) return;
    const end = link.onNotification('layerChanged', ({ bundle, problem, ...delta }) => {
      if (this.#watched.get(bundle) !== link) return;
      if (problem === undefined) this.listener.changed(bundle, delta);
      else this.listener.failed(bundle, problem);
    });
    this.#ends.set(link, end);
    void link.closed.then(() => {
      this.#ends.delete(link);
      for (const [bundle, one] of this.#watched) if (one === link) this.#watched.delete(bundle);
    });
  }

  dispose(): void {
    for (const bundle of [...this.#watched.keys()]) this.end(bundle);
    for (const end of this.#ends.values()) end();
  }
}
