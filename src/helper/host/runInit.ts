/**
 * Runs terrarium-init for one task beside a start, on folders that it gets as descriptors and without any path of theirs.
 * Used by layerTool.ts, LayerWatcher.ts and fileTool.ts.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { findTool, hostEnvironment } from './hostTools';
import { initProgram } from './initProgram';
import { withoutStreams } from './withoutStreams';

/** Longest answer, in bytes: many more changes than are told. */
const longest = 256 * 1024 * 1024;

/**
 * As unshare(1) maps them; without subordinate ids it is the person alone.
 * @param ids `own`: it is in any case
 */
export function namespaceWords(
  ids: 'all' | 'own' = 'all',
): readonly [string, ...string[]] | undefined {
  const unshare = findTool('unshare');
  if (!unshare) return undefined;
  const hasMaps = ids === 'all' && findTool('newuidmap') && findTool('newgidmap');
  const all = hasMaps ? ['--map-auto'] : [];
  return [unshare, '--user', '--map-root-user', ...all, '--'];
}

/** The status of unshare(1) that could not do it, as for a person without subordinate ids. None of terrarium-init's own. */
export const notMapped = 1;

export interface InitEnd {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly output: Buffer;
  readonly errors: string;
}

/**
 * @param given its descriptors from 3 on, which it has as soon as this returns
 * @param before a command that executes it
 */
export function spawnInit(
  words: readonly string[],
  given: readonly number[],
  before: readonly string[] = [],
): ChildProcess {
  const [program, ...rest] = [...before, initProgram(), ...words] as [string, ...string[]];
  const stdio: StdioOptions = ['pipe', 'pipe', 'pipe', ...given];
  return spawn(program, rest, { cwd: '/', env: hostEnvironment, stdio });
}

/**
 * @param input all that it reads
 * @param ends its standard input, where that says when to stop. It is not killed: unshare(1) has a child then that never ends.
 */
export function endOfInit(
  child: ChildProcess,
  input: Buffer,
  ends?: AbortSignal,
): Promise<InitEnd> {
  const missing = withoutStreams(child);
  if (missing) return missing;
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let length = 0;
    child.stdout!.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > longest) child.kill('SIGKILL');
      else output.push(chunk);
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      if (errors.length < 16) errors.push(chunk);
    });
    // One that has failed before it reads says why by its status.
    child.stdin!.on('error', () => undefined);
    const end = () => child.stdin!.end(input);
    if (!ends || ends.aborted) end();
    ends?.addEventListener('abort', end);
    child.once('error', reject);
    child.once('close', (status) => {
      ends?.removeEventListener('abort', end);
      resolve({ status, output: Buffer.concat(output), errors: String(Buffer.concat(errors)) });
    });
  });
}

/** As spawnInit, and to its end. */
export function runInit(
  words: readonly string[],
  input: Buffer,
  given: readonly number[],
  before: readonly string[] = [],
): Promise<InitEnd> {
  return endOfInit(spawnInit(words, given, before), input);
}
