/** What every exported script has: who may run it, what it leaves out, and what of its caller stays outside. */
import type { Bundle } from '../bundle/loadBundle';
import { quote } from '../text/quote';
import exportedScript from './exported.sh';
import type { HostFacts } from './hostFacts';

/**
 * @param what the script does, as the beginning of a sentence
 * @returns its first lines, and what has to come before anything is done
 */
export function scriptBeginning(
  { name }: Bundle,
  warnings: readonly string[],
  { privilege, uid }: HostFacts,
  what: string,
): { readonly head: string; readonly alone: string } {
  const root = privilege === 'root';
  const [who, isThem] = root ? ['root', 0] : [`the user with the id ${uid}`, uid];
  const remedy = root
    ? 'Run it with sudo, or make one without sudo for yourself.'
    : 'Run it as that user and without sudo; for root make it with sudo, too.';
  const said = warnings.map(oneLine);
  const head = `#!/bin/sh
# ${what} of the container “${oneLine(name)}”, exported by Terrarium.
# Run it by hand: ${root ? 'sudo sh' : 'sh'} THIS-FILE
# It was made for ${who}, and for this machine as it was then. What Terrarium looks at once more before
# the first program inside runs (that every mount is where it belongs) is no part of it.
${said.map((warning) => `# Not as config.json may make you think: ${warning}\n`).join('')}set -u
`;
  const alone = `check() {
  [ "$(id -u)" = ${isThem} ] ||
    say ${quote(`This script was made for ${who}. ${remedy}`)}
${said.map((warning) => `  printf 'terrarium: %s\\n' ${quote(warning)} >&2\n`).join('')}}

${exportedScript}`;
  return { head, alone };
}

export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- a newline in a comment would become a command
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
}
