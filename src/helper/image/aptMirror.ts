/** Reads what the machine's apt is configured with. Called by buildDistribution.ts. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { readOsRelease } from '../../core/bundle/busyboxPackage';
import { codeOf } from '../../core/fs/codeOf';
import { type AptSource, parseDeb822, parseOneLine, sourcesOf } from '../../core/image/aptSources';

const folder = '/etc/apt';

/** @returns none where the machine has no apt, or knows no place for the suite */
export async function aptSourcesOf(suite: string): Promise<AptSource[]> {
  const parts = path.join(folder, 'sources.list.d');
  // sources.list(5): other names are ignored.
  const names = (await orNone(readdir(parts), []))
    .filter((name) => /^[A-Za-z0-9_.-]+\.(list|sources)$/.test(name))
    .sort();
  const files = [path.join(folder, 'sources.list'), ...names.map((name) => path.join(parts, name))];
  const sources: AptSource[] = [];
  for (const file of files) {
    const text = await orNone(readFile(file, 'utf8'), '');
    sources.push(...(file.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text)));
  }
  const [, own] = /^VERSION_CODENAME=["']?([a-z]+)/m.exec(await readOsRelease()) ?? [];
  return sourcesOf(suite, sources, own);
}

async function orNone<T>(read: Promise<T>, none: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return none;
    throw error;
  }
}
