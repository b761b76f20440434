/** Real programs for the containers of the tests: static, so that they run in any rootfs. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { skipBecause } from '../skip';

/**
 * @param source a file beside this one. Skips the test where no compiler is.
 * @param libraries such as `-lseccomp`
 */
export function compile(
  context: Mocha.Context,
  source: string,
  target: string,
  ...libraries: string[]
): void {
  build(context, ['-static', '-o', target, path.join('test/system', source), ...libraries]);
  chmodSync(target, 0o755);
}

/** A library that a loader would take in. */
export function compileLibrary(context: Mocha.Context, source: string, target: string): void {
  build(context, ['-shared', '-fPIC', '-o', target, path.join('test/system', source)]);
}

/** A program without a C library, to be taken for a loader. */
export function compileLoader(context: Mocha.Context, source: string, target: string): void {
  const words = ['-static', '-nostdlib', '-fno-stack-protector', '-fno-pie', '-no-pie', '-O1'];
  build(context, [...words, '-o', target, path.join('test/system', source)]);
  chmodSync(target, 0o755);
}

/** For programs that mount one. Skips the test where the kernel has none. */
export function requireFuse(context: Mocha.Context): void {
  if (!readFileSync('/proc/filesystems', 'utf8').includes('\tfuse\n'))
    skipBecause(context, 'this kernel has no FUSE');
}

function build(context: Mocha.Context, words: readonly string[]): void {
  mkdirSync(path.dirname(words[words.indexOf('-o') + 1]!), { recursive: true });
  const { error, status, stderr } = spawnSync('cc', words, { encoding: 'utf8' });
  if (error || status !== 0)
    skipBecause(context, `no C compiler that links statically here: ${error?.message ?? stderr}`);
}
