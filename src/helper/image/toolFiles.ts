/**
 * The files that programs of the machine need to run where nothing else is: themselves, their loader, their libraries.
 * The loader lists these, a process for each program, which takes longer than all else before the first entry is
 * unpacked. So a list is kept for later processes (keptFile.ts), with what says that it still holds. Used by
 * Confinement.ts.
 */
import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { readElf } from '../../core/bundle/elf';
import { TerrariumError } from '../../core/errors';
import { runTool } from '../../core/fs/runTool';
import { findTool, requireTools } from '../host/hostTools';
import { keptPlace, readKept, writeKept } from '../host/keptFile';
import { ownFolder } from '../host/ownFolder';

export interface ToolFiles {
  /** Its name without the folders. */
  readonly loader: string;
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** What the loader goes by, beside the programs and the libraries themselves (ld.so(8)). */
const loaderFiles = ['/etc/ld.so.cache', '/etc/ld.so.preload'];

/**
 * @param names of programs; the first one's loader runs all of them
 * @throws TerrariumError `tool-missing`, `tool-unusual`
 */
export async function toolFilesOf(names: readonly string[]): Promise<ToolFiles> {
  requireTools(names);
  const programs = names.map((name) => findTool(name)!);
  const place = keptPlace(`tools-${names.join('-')}`);
  const identity = Buffer.from(`${programs.map(stateOf).join(' ')}\n`);
  const kept = place === undefined ? undefined : readKept(place, identity)?.toString();
  if (kept !== undefined) {
    const [states, ...files] = kept.split('\n');
    if (states === statesOf(files)) return toolFiles(files);
  }
  const files = await listFiles(programs);
  if (place !== undefined) {
    const content = [statesOf(files), ...files].join('\n');
    await ownFolder().then(
      () => writeKept(place, identity, Buffer.from(content)),
      () => undefined, // without such a folder the next process asks the loader again
    );
  }
  return toolFiles(files);
}

function toolFiles(files: readonly string[]): ToolFiles {
  return { loader: path.basename(files[0]!), files };
}

/** @returns the loader first */
async function listFiles(programs: readonly string[]): Promise<readonly string[]> {
  const [first] = programs;
  const loader = (await readElf(await realpath(first!)))?.interpreter;
  if (loader === undefined)
    throw new TerrariumError(
      'tool-unusual',
      `The machine’s ${path.basename(first!)} is a static program or a script, which cannot be confined.`,
      'Install the distribution’s own package of it.',
    );
  const libraries = await Promise.all(programs.map((one) => librariesOf(loader, one)));
  return [...new Set([loader, ...programs, ...libraries.flat()])];
}

/** As ldd(1) does it: the loader lists what it would load. */
async function librariesOf(loader: string, program: string): Promise<string[]> {
  const { failed, stdout, said } = await runTool(loader, ['--list', program]);
  if (failed) throw new Error(`The libraries of ${program} are not known: ${said}`);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file!);
}

function statesOf(files: readonly string[]): string {
  return [...files, ...loaderFiles].map(stateOf).join(' ');
}

/** Another one for each version of a file, and where there is none. */
function stateOf(file: string): string {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found ? [found.dev, found.ino, found.size, found.ctimeNs].join(':') : '-';
}
