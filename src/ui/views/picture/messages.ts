/** The messages between the picture's panel and its page. The page imports types alone. */
import type { Meant, Picture } from '../../../core/picture/Picture';

/** panel → page */
export type PictureMessage =
  | { readonly kind: 'picture'; readonly picture: Picture; readonly meant: Meant | undefined }
  | { readonly kind: 'meant'; readonly meant: Meant | undefined }
  /** Answered by `svg`. */
  | { readonly kind: 'draw' };

/** page → panel */
export type PictureAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'chosen'; readonly meant: Meant }
  /** The button was pressed. */
  | { readonly kind: 'save' }
  | { readonly kind: 'svg'; readonly svg: string };

/** What VS Code keeps of the page over a reload. */
export interface PictureState {
  readonly isTable: boolean;
}

/** Characters of an SVG; a picture has some hundred shapes. */
const maxSvg = 8 * 1024 * 1024;
const maxKey = 4096;

/** @returns undefined for what the page does not send */
export function parseAnswer(message: unknown): PictureAnswer | undefined {
  if (!isRecord(message)) return undefined;
  const { kind, meant, svg } = message;
  if (kind === 'ready' || kind === 'save') return { kind };
  if (kind === 'svg' && typeof svg === 'string' && svg.length <= maxSvg && svg.startsWith('<?xml '))
    return { kind, svg };
  if (kind !== 'chosen' || !isRecord(meant)) return undefined;
  const { containerId, key } = meant;
  if (typeof containerId !== 'string' || containerId.length > maxKey) return undefined;
  if (key === undefined) return { kind, meant: { containerId } };
  if (typeof key !== 'string' || key.length > maxKey) return undefined;
  return { kind, meant: { containerId, key } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
