/**
 * Asks for what is in a layer: the helper that runs the container, else any that serves with the container's
 * privilege, else the same command with the rights of the extension host. Nothing here asks for a password.
 */
import path from 'node:path';
import type { BaselineSide } from '../../protocol/baseline';
import type { LayerChanges } from '../../protocol/layer';
import { layerFolderName } from '../../core/config/scratchLayer';
import { codeOf } from '../../core/fs/codeOf';
import { readSide } from '../../core/overlay/readSide';
import { type Container, realRootfs } from '../model/container';
import { helperCommand } from '../services/helperCommand';
import { layerLink } from '../services/layerLink';
import { allowedWords } from '../services/rootfsBelow';
import type { Services } from '../services/Services';
import { baselineSideOf } from './baselineRequests';
import type { Side } from './sideUri';

/** Of the command, in milliseconds. */
const timeout = 60_000;

export async function changesOf(services: Services, container: Container): Promise<LayerChanges> {
  const { bundle } = container;
  const link = layerLink(services, container);
  if (link) return link.request('layerChanges', { bundle });
  const { LayerChanges } = await import('../../core/lazy');
  const said = await helperCommand(
    services.context,
    ['changes', '--json', ...allowedWords(), bundle],
    timeout,
  );
  return LayerChanges.parse(JSON.parse(said));
}

/** With our own rights, and by the helper what these do not reach. */
export async function sideOf(
  services: Services,
  container: Container,
  { side, path: file }: Side,
): Promise<BaselineSide> {
  if (side === 'baseline') return baselineSideOf(services, container, file);
  const upper = path.join(container.bundle, layerFolderName, 'upper');
  const root = side === 'layer' ? upper : realRootfs(container);
  try {
    return await readSide(root, file);
  } catch (error) {
    const link = layerLink(services, container);
    if (!link || codeOf(error) !== 'EACCES') throw error;
    return link.request('layerSide', { bundle: container.bundle, side, path: file });
  }
}
