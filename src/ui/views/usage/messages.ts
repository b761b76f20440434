/** What the usage panel and its page in the webview say to each other. Types only: both import it. */
import type { UsageSample } from '../../../core/tree/usage';

/** Texts of the page, in the person's language. */
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
  /** With {0} for the amount. */
  readonly atMost: string;
}

/** panel → page. `bootedAt`: what the times of samples count from, in seconds since the epoch, by the clock of now. */
export type UsageMessage =
  | {
      readonly kind: 'all';
      readonly samples: readonly UsageSample[];
      readonly ended: boolean;
      readonly bootedAt: number;
    }
  | { readonly kind: 'more'; readonly samples: readonly UsageSample[]; readonly bootedAt: number }
  | { readonly kind: 'ended' };

/** page → panel: it listens now. */
export interface UsageReady {
  readonly kind: 'ready';
}
