/**
 * Whether a program of a rootfs finds what it needs there: a script its interpreter (execve(2)), an ELF file its loader
 * and libraries. Used by checkRootfs.ts.
 */
import path from 'node:path';
import { type ElfInfo, elfOf } from '../bundle/elf';
import { runsBeside } from '../bundle/machine';
import { type Shebang, parseShebang, shebangBytes } from '../bundle/shebang';
import { PagedFile } from '../fs/PagedFile';
import type { ReadableFile } from '../fs/files';
import { type LookBudget, lookBudget } from '../fs/lookBudget';
import { readAt } from '../fs/readBounded';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { KnownFiles } from './KnownFiles';
import type { Libraries } from './Libraries';
import type { RootfsFault } from './RootfsFault';

export interface ProgramChecks {
  /** Loaders and interpreters. */
  readonly known: KnownFiles;
  readonly libraries: Libraries;
  /** That the rootfs is for: of its shell. */
  readonly machine: ElfInfo | undefined;
  /** Folders of PATH in config.json. */
  readonly searched: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** @param inside path of a file that has a permission to execute, open for reading */
export async function programFaults(
  checks: ProgramChecks,
  inside: string,
  opened: ReadableFile,
): Promise<RootfsFault[]> {
  const handle = new PagedFile(opened);
  const start = await readAt(handle, 0, shebangBytes);
  const shebang = parseShebang(start);
  if (shebang) return scriptFaults(checks, inside, shebang);
  if (start.toString('latin1', 0, 4) !== '\x7fELF') return [];
  const elf = await elfOf(handle);
  return elf ? elfFaults(checks, inside, handle, elf) : [];
}

async function scriptFaults(
  { known, searched, signal }: ProgramChecks,
  inside: string,
  { interpreter, argument }: Shebang,
): Promise<RootfsFault[]> {
  const fault = (code: RootfsFault['code'], message: string): RootfsFault[] => [
    { code, severity: 'error', path: inside, message },
  ];
  const shown = escapeControlCharacters(interpreter);
  if (interpreter.endsWith('\r'))
    return fault(
      'script-crlf',
      `Its first line ends with CR LF, so the kernel looks for an interpreter “${shown}”. Save the file with LF.`,
    );
  if (argument.endsWith('\r'))
    return fault(
      'script-crlf',
      `Its first line ends with CR LF, so ${shown} gets the argument “${escapeControlCharacters(argument)}”. Save the file with LF.`,
    );
  const budget = lookBudget(signal);
  const runs = async (file: string) => (await known.kindOf(file, budget)) === 'executable';
  if (!(await runs(path.posix.resolve('/', interpreter))))
    return unlessUnending(
      budget,
      fault('interpreter-missing', `Its interpreter ${shown} is not in the rootfs.`),
    );
  const [named = ''] = /^\/(?:usr\/)?bin\/env$/.test(interpreter) ? argument.split(/[ \t]/, 1) : [];
  if (named === '' || named.startsWith('-') || named.includes('/') || named.includes('='))
    return [];
  for (const folder of searched) if (await runs(path.posix.resolve('/', folder, named))) return [];
  return unlessUnending(
    budget,
    fault(
      'interpreter-missing',
      `Its interpreter ${escapeControlCharacters(named)} is in no folder of PATH in the rootfs.`,
    ),
  );
}

async function elfFaults(
  { known, libraries, machine, signal }: ProgramChecks,
  inside: string,
  handle: ReadableFile,
  elf: ElfInfo,
): Promise<RootfsFault[]> {
  if (machine && !runsBeside(elf, machine))
    return [
      {
        ...{ code: 'program-foreign', severity: 'warning', path: inside },
        message: `It is built for ${elf.machine} (${elf.class} bits), the shell of this rootfs for ${machine.machine}.`,
      },
    ];
  const { interpreter } = elf;
  if (interpreter === undefined) return [];
  const shown = escapeControlCharacters(interpreter);
  const budget = lookBudget(signal);
  if (!(await known.kindOf(path.posix.resolve('/', interpreter), budget)))
    return unlessUnending(budget, [
      {
        ...{ code: 'loader-missing', severity: 'error', path: inside },
        message: `Its loader ${shown} is not in the rootfs: a start says “not found”, and means the loader. Copy it there with the libraries, or use a static program.`,
      },
    ]);
  const missing = await libraries.missingOf(inside, handle, interpreter);
  return missing.map(({ name, neededBy, foreign, uncached }) => {
    const library = escapeControlCharacters(name);
    const by = neededBy === inside ? 'It needs' : `${escapeControlCharacters(neededBy)} needs`;
    if (foreign !== undefined)
      return {
        ...{ code: 'library-foreign', severity: 'error', path: inside },
        message: `${by} ${library}, and ${escapeControlCharacters(foreign)} is for another class or machine.`,
      };
    if (uncached !== undefined)
      return {
        ...{ code: 'library-uncached', severity: 'error', path: inside },
        message: `${by} ${library}. It is at ${escapeControlCharacters(uncached)}, of which /etc/ld.so.cache does not know: run ldconfig inside.`,
      };
    return {
      ...{ code: 'library-missing', severity: 'error', path: inside },
      message: `${by} ${library}, which is in no folder that its loader searches.`,
    };
  });
}

/** Of links that wind without end nothing is known. */
function unlessUnending(budget: LookBudget, faults: RootfsFault[]): RootfsFault[] {
  return budget.left < 0 ? [] : faults;
}
