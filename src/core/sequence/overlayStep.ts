/** The step that makes the root an overlay with a scratch layer, in the place of a bind of the rootfs. For rootfsSteps.ts. */
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import { layerFolderName } from '../config/scratchLayer';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { HostFlags } from './mountFlags';
import { labelWord } from './mountOptions';
import type { StepOf } from './step';

/** Its absolute path. */
export function layerFolder({ path: bundle }: Pick<Bundle, 'path'>): string {
  return path.join(bundle, layerFolderName);
}

/**
 * As terrarium-init has them (src/init/overlay.c): nothing in the attributes of a layer leads to another file, and
 * they are attributes that need no root.
 */
const options = ['redirect_dir=nofollow', 'metacopy=off', 'index=off', 'userxattr'];

/**
 * @param flags of the mounts of this machine: a program that may not gain by set-user-ID bits there may not inside
 * @throws TerrariumError `layer-without-bundle`
 */
export function overlayStep(bundle: Bundle, flags: HostFlags): StepOf<'overlay'> {
  if (bundle.path === bundle.rootfs)
    throw new TerrariumError(
      'layer-without-bundle',
      `“${escapeControlCharacters(bundle.name)}” is a plain folder, and a scratch layer lies beside a rootfs.`,
      'Make a bundle of it with “New Container…”, or start it without a layer.',
    );
  const inherited = (flags.get(bundle.rootfs) ?? []).filter((flag) => flag !== 'ro');
  return {
    id: 'overlay-rootfs',
    where: 'namespaces',
    kind: 'overlay',
    // From the rootfs, which is the working directory: no name of the bundle is among the options.
    layer: path.posix.relative(bundle.rootfs, layerFolder(bundle)),
    options: [...options, ...inherited],
    cwd: '/',
    why: 'Mount an overlay over the rootfs, so that what is written goes to a scratch layer',
  };
}

/** Of overlayfs, in the order in which mount(8) gets them. */
export function overlayOptions({
  layer,
  options: more,
}: Pick<StepOf<'overlay'>, 'layer' | 'options'>): string {
  const words = ['lowerdir=.', `upperdir=${layer}/upper`, `workdir=${layer}/work`, ...more];
  return words.map(labelWord).join(',');
}
