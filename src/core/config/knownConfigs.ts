/**
 * Configurations by the text that they were parsed from. The parser and its library take longer to load than a
 * start takes, so they are loaded for a text that is not known yet. Used by loadBundle.ts.
 */
import { keepLatest } from '../keepLatest';
import type { OciConfig } from './schema';

export interface WholeConfig {
  readonly config: OciConfig;
  /** The file as it stands. */
  readonly document: object;
  /** Names of keys that mean nothing to `config`, safe to show. */
  readonly ignored: readonly string[];
}

/** Nobody changes what it returns. */
export interface KnownConfigs {
  get(text: string): WholeConfig | undefined;
  keep(text: string, whole: WholeConfig): void;
}

/** A longer text is parsed each time. */
export const longestKept = 64 * 1024;

/** How many are kept. */
export const mostKept = 8;

/** Those of this thread that were parsed last. */
export class LatestConfigs implements KnownConfigs {
  readonly #known = new Map<string, WholeConfig>();

  get(text: string): WholeConfig | undefined {
    return this.#known.get(text);
  }

  keep(text: string, whole: WholeConfig): void {
    keepLatest(this.#known, text, whole, mostKept);
  }
}

let known: KnownConfigs | undefined;

/** From here on, for all that this thread parses. */
export function keepConfigs(configs: KnownConfigs): void {
  known = configs;
}

/**
 * As `requireWhole` of parseConfig.ts.
 * @throws TerrariumError `FILE:LINE:COLUMN: reason`
 */
export async function wholeConfig(text: string, file: string): Promise<WholeConfig> {
  const found = known?.get(text);
  if (found) return found;
  const { requireWhole } = await import('./parseConfig');
  const whole = requireWhole(text, file);
  if (text.length <= longestKept) known?.keep(text, whole);
  return whole;
}
