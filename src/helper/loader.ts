/**
 * dist/helper.js: runs dist/helperMain.js, or dist/plainRun.js, with the code that V8 has made of it before. To compile it
 * takes some 50 ms, longer than a whole start does. The code is kept in the user's runtime folder, a file for each command.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isatty } from 'node:tty';
import vm from 'node:vm';
import { keptPlace, readKept, writeKept } from './host/keptFile';

/** SHA-256 of both, by esbuild.mjs: V8 itself compares nothing but the length. */
declare const buildId: string;

/** Those that people wait for; threads have the command line of their process. */
const command = /^(?:run|serve|import|export)$/.exec(process.argv[2] ?? '')?.[0];

/** What is kept is for: this very file, also where it was changed in place. */
function identityOf(file: string): Buffer {
  const { mtimeMs, size } = statSync(file);
  return Buffer.from(`${buildId} ${mtimeMs} ${size}\n`);
}

const place = (name: string) => path.join(__dirname, `${name}.js`);
const identity = identityOf(place('helperMain'));

/**
 * @param kept what its code is kept as
 * @param otherwise what it calls in the place of all that it does
 */
function load(name: string, kept: string | undefined, otherwise?: () => void): void {
  const main = place(name);
  const ofCode = otherwise ? identityOf(main) : identity;
  const file = kept === undefined ? undefined : keptPlace(`code-${kept}-${process.arch}`);
  const cachedData = file === undefined ? undefined : readKept(file, ofCode);
  // A function of what Node gives a module. esbuild writes ASCII but in comments, so it is read as it is.
  const script = new vm.Script(readFileSync(main, 'latin1'), {
    filename: main,
    ...(cachedData ? { cachedData } : {}),
  });
  const isOld = cachedData === undefined || script.cachedDataRejected === true;
  let isUsed = true;
  // At the end, when all that the command needs is compiled.
  if (file !== undefined && isOld)
    process.once('exit', () => {
      if (isUsed) writeKept(file, ofCode, script.createCachedData());
    });
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  const handOver = () => {
    isUsed = false;
    otherwise?.();
  };
  run(exports, require, module, main, __dirname, identity, handOver);
}

if (command === 'run' && !(isatty(0) && isatty(1)))
  load('plainRun', 'plain', () => load('helperMain', command));
else load('helperMain', command);
