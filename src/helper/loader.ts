/**
 * dist/helper.js: runs dist/helperMain.js with the code that V8 has made of it before. To compile it takes some
 * 50 ms, longer than a whole start does. The code is kept in the user's runtime folder, a file for each command.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { keptPlace, readKept, writeKept } from './host/keptFile';

/** SHA-256 of dist/helperMain.js, by esbuild.mjs: V8 itself compares nothing but the length. */
declare const buildId: string;

/** Those that people wait for; threads have the command line of their process. */
const command = /^(?:run|serve|import|export)$/.exec(process.argv[2] ?? '')?.[0];

const main = path.join(__dirname, 'helperMain.js');

/** What code is for: this very file, also where it was changed in place. */
const { mtimeMs, size } = statSync(main);
const identity = Buffer.from(`${buildId} ${mtimeMs} ${size}\n`);

const file = command && keptPlace(`code-${command}-${process.arch}`);
const cachedData = file === undefined ? undefined : readKept(file, identity);
// A function of what Node gives a module. esbuild writes ASCII but in comments, so it is read as it is.
const script = new vm.Script(readFileSync(main, 'latin1'), {
  filename: main,
  ...(cachedData ? { cachedData } : {}),
});
const isOld = cachedData === undefined || script.cachedDataRejected === true;
// At the end, when all that the command needs is compiled.
if (file !== undefined && isOld)
  process.once('exit', () => writeKept(file, identity, script.createCachedData()));
const run = script.runInThisContext() as (...given: unknown[]) => void;
run(exports, require, module, main, __dirname, identity);
