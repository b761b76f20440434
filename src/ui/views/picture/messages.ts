/** The messages between the picture's panel and its page. Both import them, and parse what comes (parsePictureMessage.ts, parsePictureRequest.ts). */
import type { Picture, Target } from '../../../core/picture/Picture';

/** panel → page */
export type PictureMessage =
  | { readonly kind: 'picture'; readonly picture: Picture; readonly selected: Target | undefined }
  | { readonly kind: 'selected'; readonly selected: Target | undefined }
  /** Answered by `svg`. */
  | { readonly kind: 'draw' };

/** page → panel */
export type PictureRequest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'chosen'; readonly target: Target }
  /** The button was pressed. */
  | { readonly kind: 'save' }
  | { readonly kind: 'svg'; readonly svg: string };

/** What VS Code keeps of the page over a reload. */
export interface PictureState {
  readonly isTable: boolean;
}
