// Compiles terrarium-init (the C files beside this one) to dist/terrarium-init-ARCH, where ARCH is Node's name of
// the architecture. Called by esbuild.mjs.

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const source = 'src/init';

/**
 * The first that is there is taken. musl makes a program of a tenth of the size, and Debian has it for the
 * machine's own architecture alone.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const foreign = { x64: ['x86_64-linux-gnu-gcc'], arm64: ['aarch64-linux-gnu-gcc'] };
const own = ['musl-gcc', 'cc', 'gcc'];

/** What no compiler has to be told twice: warnings are errors, and the binary is the same wherever it is made. */
const flags = [
  ...['-std=c17', '-D_GNU_SOURCE', '-Os', '-static', '-s', '-pipe'],
  ...['-Wall', '-Wextra', '-Werror', '-Wshadow', '-Wstrict-prototypes', '-Wmissing-prototypes'],
  ...[
    '-fstack-protector-strong',
    '-U_FORTIFY_SOURCE',
    '-D_FORTIFY_SOURCE=2',
    '-fno-strict-aliasing',
  ],
  ...['-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections'],
  ...['-Wl,-z,relro,-z,now,-z,noexecstack', '-Wl,--build-id=none', `-ffile-prefix-map=${source}/=`],
];

/**
 * @param {readonly string[]} architectures in Node's names
 * @returns {Promise<string[]>} the files
 * @throws Error with the compiler's own words, or with the package to install
 */
export async function compileInit(architectures) {
  await mkdir('dist', { recursive: true });
  return Promise.all(architectures.map(compileFor));
}

/** @param {string} architecture */
async function compileFor(architecture) {
  const output = join('dist', `terrarium-init-${architecture}`);
  const names = (await readdir(source)).filter((name) => /\.[ch]$/.test(name)).sort();
  const files = names.map((name) => join(source, name));
  if (await isNewer(output, [...files, join(source, 'compile.mjs')])) return output;
  const compiler = compilerFor(architecture);
  const made = `${output}.${process.pid}`;
  // Debian keeps the kernel's headers where musl-gcc does not look.
  const kernel = compiler.endsWith('musl-gcc') ? kernelHeaders(architecture) : [];
  await promisify(execFile)(compiler, [
    ...flags,
    ...kernel,
    ...['-o', made],
    ...files.filter((file) => file.endsWith('.c')),
  ]);
  await rename(made, output);
  return output;
}

/** @param {string} architecture */
function kernelHeaders(architecture) {
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[architecture];
  return ['-idirafter', '/usr/include', '-idirafter', `/usr/include/${triplet}`];
}

/** @param {string} architecture */
function compilerFor(architecture) {
  const names = architecture === process.arch ? own : (foreign[architecture] ?? []);
  const found = names.map(find).find((file) => file !== undefined);
  if (found) return found;
  const packages =
    architecture === process.arch
      ? 'gcc, libc6-dev and musl-tools'
      : 'gcc-aarch64-linux-gnu and libc6-dev-arm64-cross';
  throw new Error(
    `terrarium-init for ${architecture} needs a C compiler (${names.join(' or ')}). On Debian install the packages ${packages}.`,
  );
}

/** @param {string} name */
function find(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false; // the next folder may have it
      }
    });
}

/**
 * @param {string} output
 * @param {readonly string[]} inputs
 */
async function isNewer(output, inputs) {
  const made = await stat(output).catch(() => undefined);
  if (!made) return false;
  const times = await Promise.all(inputs.map(async (file) => (await stat(file)).mtimeMs));
  return times.every((time) => time < made.mtimeMs);
}
