/**
 * Configurations that earlier processes of this user have parsed, in one file of the runtime folder: what they parsed
 * is trusted as their compiled code is (loader.ts). Used by `run`, a process for each start.
 */
import { isDeepStrictEqual } from 'node:util';
import { type KnownConfigs, type WholeConfig, mostKept } from '../../core/config/knownConfigs';
import { keptPlace, readKept, writeKept } from './keptFile';

/** What loader.ts gives to what it runs, and nobody else does: a line that is another one for each build. */
declare const buildIdentity: Buffer | undefined;

/** A text and what was parsed from it, both as a line of JSON. */
type Entry = readonly [text: string, parsed: string];

export class KeptConfigs implements KnownConfigs {
  #entries: readonly Entry[] | undefined;

  constructor(
    private readonly file: string,
    private readonly identity: Buffer,
  ) {}

  get(text: string): WholeConfig | undefined {
    const line = JSON.stringify(text);
    const found = this.#read().find(([one]) => one === line);
    try {
      // The document is the text itself.
      return found && { ...parsed(found), document: JSON.parse(text) as object };
    } catch {
      return undefined; // it was cut off: ENOSPC
    }
  }

  keep(text: string, { config, ignored }: WholeConfig): void {
    const entry: Entry = [JSON.stringify(text), JSON.stringify({ config, ignored })];
    // What JSON does not have would come back as something else.
    if (!isDeepStrictEqual(parsed(entry), { config, ignored })) return;
    this.#entries = [entry, ...this.#read()].slice(0, mostKept);
    const lines = this.#entries.flat().map((line) => `${line}\n`);
    writeKept(this.file, this.identity, Buffer.from(lines.join('')));
  }

  #read(): readonly Entry[] {
    if (this.#entries) return this.#entries;
    const lines = readKept(this.file, this.identity)?.toString().split('\n') ?? [];
    const entries: Entry[] = [];
    for (let at = 0; at + 1 < lines.length; at += 2) entries.push([lines[at]!, lines[at + 1]!]);
    return (this.#entries = entries);
  }
}

function parsed([, line]: Entry): Omit<WholeConfig, 'document'> {
  return JSON.parse(line) as Omit<WholeConfig, 'document'>;
}

/** @returns undefined where there is no place for them */
export function keptConfigs(): KeptConfigs | undefined {
  const file = keptPlace('configs');
  if (file === undefined || typeof buildIdentity === 'undefined') return undefined;
  return new KeptConfigs(file, buildIdentity);
}
