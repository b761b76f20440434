/** A folder for one test each, real path, removed after it. For the tests of core/bundle. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Call inside `describe`; the result is the current test's folder. */
export function temporaryFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'terrarium-unit-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** `null` makes a folder, `-> x` a symbolic link to x, anything else a file with that content. */
export type Tree = Readonly<Record<string, string | Buffer | null>>;

export function plant(folder: string, tree: Tree): void {
  for (const [name, content] of Object.entries(tree)) {
    const file = path.join(folder, name);
    mkdirSync(content === null ? file : path.dirname(file), { recursive: true });
    if (content === null) continue;
    if (typeof content === 'string' && content.startsWith('-> '))
      symlinkSync(content.slice(3), file);
    else writeFileSync(file, content, { mode: 0o755 });
  }
}

/** A 64-bit little-endian ELF program with one program header (elf(5)), as far as a header goes. */
export function elfProgram(options: { machine?: number; interpreter?: string } = {}): Buffer {
  const interpreter = Buffer.from(`${options.interpreter ?? ''}\0`);
  const file = Buffer.alloc(64 + 56 + interpreter.length);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(options.machine ?? 62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(options.interpreter === undefined ? 1 : 3, 64);
  file.writeBigUInt64LE(120n, 64 + 8);
  file.writeBigUInt64LE(BigInt(interpreter.length), 64 + 32);
  interpreter.copy(file, 120);
  return file;
}
