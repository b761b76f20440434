// What a bench with a real window leaves running.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Ends the helpers that a staged extension started. @param {string} extension its folder */
export async function endHelpers(extension) {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes(join(extension, 'dist/helper.js'))) process.kill(Number(pid), 'SIGTERM');
  }
}
