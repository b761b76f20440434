// The sample workspace of npm start and of F5; node test/sample.mjs FOLDER makes it there.

import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const welcome = `# Welcome to Terrarium

This folder is yours to play in. Your first three steps:

1. Press \`F1\` and run **Terrarium: New Container…**: it makes a small root filesystem in this folder.
2. Click the Terrarium icon in the activity bar and press ▷ beside the container: its shell opens in
   the terminal. Type \`ps\`, \`hostname\`, and at last \`exit\`.
3. While it runs, the view **Processes** shows what the kernel shows. **Terrarium: Export Start
   Script…** writes the steps that started it as a shell script that you could type yourself.
`;

/** @returns {string} where npm start has it: .vscode/launch.json names the same */
export function sampleFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'terrarium', 'sample');
}

/**
 * @param {string} folder kept, so that what was made in it is there again
 * @returns {Promise<string>} the folder
 */
export async function makeSample(folder) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), welcome);
  return folder;
}

const [, script, folder] = process.argv;
if (import.meta.url && script && resolve(script) === fileURLToPath(import.meta.url) && folder)
  void makeSample(folder);
