// Words before a system test that give it a mount namespace and a /run of its own: what one mounts is none of
// another's, and no helper takes away what another test wants to see taken away.

import { run } from './processes.mjs';

const script = 'mount -t tmpfs -o mode=755 tmpfs /run; mkdir /run/mount; exec "$@"';
const words = ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh'];

/** @returns {Promise<string[]>} none for an ordinary user, whose tests have nothing to mount either */
export async function apart() {
  const [program, ...rest] = /** @type {[string, ...string[]]} */ (words);
  const { code } = await run(program, [...rest, 'true']);
  return code === 0 ? words : [];
}
