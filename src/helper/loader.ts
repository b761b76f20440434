/**
 * dist/helper.js: runs dist/helperMain.js with the code that V8 has made of it before. To compile it takes some
 * 50 ms, longer than a whole start does. The code is kept in the user's runtime folder, a file for each command.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

/** SHA-256 of dist/helperMain.js, by esbuild.mjs: V8 itself compares nothing but the length. */
declare const buildId: string;

/** Those that people wait for; threads have the command line of their process. */
const command = /^(?:run|serve)$/.exec(process.argv[2] ?? '')?.[0];
const euid = process.geteuid!();

const main = path.join(__dirname, 'helperMain.js');

/** What code is for: this very file, also where it was changed in place. */
function identity(): Buffer {
  const { mtimeMs, size } = statSync(main);
  return Buffer.from(`${buildId} ${mtimeMs} ${size}\n`);
}

/** That of ownFolder.ts, which makes it: only this user can make a name in it. Under sudo XDG_RUNTIME_DIR may be the person's. */
function codeFile(): string | undefined {
  const parent = euid === 0 ? '/run' : process.env.XDG_RUNTIME_DIR;
  return command && parent?.startsWith('/')
    ? path.join(parent, 'terrarium', `code-${command}-${process.arch}`)
    : undefined;
}

/** What V8 may execute comes from this user alone. */
function readCode(file: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { uid, mode } = fstatSync(descriptor);
    const isOwn =
      uid === euid && (mode & 0o7777) === 0o600 && (mode & constants.S_IFMT) === constants.S_IFREG;
    const content = isOwn ? readFileSync(descriptor) : undefined;
    const wanted = identity();
    const isOfThis = content?.subarray(0, wanted.length).equals(wanted) === true;
    return isOfThis ? content.subarray(wanted.length) : undefined;
  } catch {
    return undefined; // there is none yet: it is compiled
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // it was never made
  }
}

function keepCode(file: string, script: vm.Script): void {
  const made = `${file}.${process.pid}`;
  try {
    const content = Buffer.concat([identity(), script.createCachedData()]);
    writeFileSync(made, content, { flag: 'wx', mode: 0o600 });
    renameSync(made, file);
  } catch {
    // Without it the next one compiles again, and that is all.
    removeIfThere(made);
  }
}

const file = codeFile();
const cachedData = file === undefined ? undefined : readCode(file);
// A function of what Node gives a module. esbuild writes ASCII but in comments, so it is read as it is.
const script = new vm.Script(readFileSync(main, 'latin1'), {
  filename: main,
  ...(cachedData ? { cachedData } : {}),
});
const isOld = cachedData === undefined || script.cachedDataRejected === true;
// At the end, when all that the command needs is compiled.
if (file !== undefined && isOld) process.once('exit', () => keepCode(file, script));
const run = script.runInThisContext() as (...given: unknown[]) => void;
run(exports, require, module, main, __dirname);
