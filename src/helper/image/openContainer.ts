/**
 * A container as the source of an import: its rootfs with its scratch layer over it, as they are at that moment, also
 * while it runs. What is mounted in it is not there. Called by openSource.ts.
 */
import path from 'node:path';
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import type { Bundle } from '../../core/bundle/loadBundle';
import { isBind, sourceOf } from '../../core/config/mountKinds';
import { isOnLayer, offLayer } from '../../core/config/scratchLayer';
import type { OciConfig } from '../../core/config/schema';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import type { OpenFile } from '../../core/fs/files';
import { openDirectoryNoFollow } from '../../core/fs/openDirectoryNoFollow';
import type { Other } from './Confinement';
import { layerFolder } from '../../core/sequence/overlayStep';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

export interface OpenContainer {
  readonly folder: OpenFile;
  /** What was written inside; undefined without a scratch layer. */
  readonly upper: Other | undefined;
  readonly config: OciConfig;
}

/**
 * @param folder of the bundle
 * @param onScratchLayer as `run --layer` starts it, whatever its config.json says
 * @param allowed where its rootfs may lie outside of the bundle
 * @param vouched the rootfs that a helper has started it with, which knows of the layer too
 * @throws TerrariumError those of `loadBundleOrFolder`, `layer-unreadable`, `container-changed`
 */
export async function openContainer(
  folder: string,
  onScratchLayer: boolean,
  allowed?: AllowedFolders,
  vouched?: string,
): Promise<OpenContainer> {
  const bundle = await loadBundleOrFolder(folder, undefined, allowed);
  if (vouched !== undefined && bundle.rootfs !== vouched) throw hasChanged(bundle);
  const rootfs = await openDirectoryNoFollow(bundle.rootfs);
  try {
    const isAbove = onScratchLayer || (vouched === undefined && isOnLayer(bundle.config));
    const upper = isAbove ? await openUpper(bundle) : undefined;
    return { folder: rootfs, upper, config: configOf(bundle) };
  } catch (error) {
    await rootfs.close();
    throw error;
  }
}

/** @returns undefined where it was never started on the layer */
async function openUpper(bundle: Bundle): Promise<Other | undefined> {
  const upper = path.join(layerFolder(bundle), 'upper');
  try {
    const way = path.relative(bundle.rootfs, upper);
    return { handle: await openDirectoryNoFollow(upper), way };
  } catch (error) {
    const code = codeOf(error instanceof TerrariumError ? error.cause : error);
    if (code === 'ENOENT') return undefined;
    throw new TerrariumError(
      'layer-unreadable',
      `The scratch layer of “${escapeControlCharacters(bundle.name)}” cannot be opened${code ? ` (${code})` : ''}.`,
      'Import it with the privilege that the container runs with.',
      { cause: error },
    );
  }
}

function hasChanged({ name }: Bundle): TerrariumError {
  return new TerrariumError(
    'container-changed',
    `“${escapeControlCharacters(name)}” was started with another rootfs than its config.json names now.`,
    'Start it again, and copy it then.',
  );
}

/** The same for the new place: what lies beside the old rootfs keeps its place, and the layer is part of the rootfs. */
function configOf(bundle: Bundle): OciConfig {
  const { mounts, root } = bundle.config;
  return {
    ...offLayer(bundle.config),
    root: { ...root, path: 'rootfs' },
    mounts: mounts.map((mount) =>
      isBind(mount) && mount.source ? { ...mount, source: sourceOf(bundle, mount.source) } : mount,
    ),
  };
}
