/** For which machines the image of a rootfs is. Called by exportBundle.ts. */
import path from 'node:path';
import { elfOf } from '../../core/bundle/elf';
import type { Bundle } from '../../core/bundle/loadBundle';
import { codeOf } from '../../core/fs/codeOf';
import { withFileInside } from '../../core/fs/openInside';
import { elfPlatform } from '../../core/image/elfPlatform';
import { ownPlatform } from '../../core/image/platform';
import type { Platform } from '../../core/image/schema';
import { annotatedPlatform } from '../../core/image/toImageConfig';

/** What an import has written down, else what its program or its shell is for, else this machine. */
export async function platformOf({ config, rootfs }: Bundle): Promise<Platform> {
  const annotated = annotatedPlatform(config);
  if (annotated) return annotated;
  const [program] = config.process.args;
  const programs = [...(program.startsWith('/') ? [path.posix.normalize(program)] : []), '/bin/sh'];
  for (const one of programs) {
    const elf = await withFileInside(rootfs, one, (handle) => elfOf(handle)).catch(
      (error: unknown) => {
        if (codeOf(error) !== 'EACCES') throw error;
        return undefined; // tar may read it in its user namespace, and we may not
      },
    );
    const platform = elf && elfPlatform(elf);
    if (platform) return platform;
  }
  return ownPlatform();
}
