/** The messages between the usage panel and its page in the webview. Types only; both import them. */
import type { UsageSample } from '../../../core/tree/usage';

/** The translated texts of the page. */
export interface UsageTexts {
  readonly cpu: string;
  readonly memory: string;
  readonly pause: string;
  readonly resume: string;
  readonly paused: string;
  readonly ended: string;
  readonly table: string;
  readonly time: string;
  readonly processes: string;
  readonly hint: string;
  readonly nothing: string;
  readonly unread: string;
  /** {0} is the amount. */
  readonly atMost: string;
}

/** panel → page. `bootedAt`: the time 0 of the samples, in seconds since the epoch. */
export type UsageMessage =
  | {
      readonly kind: 'all';
      readonly samples: readonly UsageSample[];
      readonly ended: boolean;
      readonly bootedAt: number;
    }
  | { readonly kind: 'more'; readonly samples: readonly UsageSample[]; readonly bootedAt: number }
  | { readonly kind: 'ended' };

/** What VS Code keeps of a page, and hands to the panel that it makes when the window has been reloaded. */
export interface UsageState {
  /** Of the container. */
  readonly id: string;
  readonly name: string;
  readonly samples: readonly UsageSample[];
  readonly bootedAt: number;
}

/** page → panel: the page is ready for messages. */
export interface UsageReady {
  readonly kind: 'ready';
}
