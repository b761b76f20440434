/**
 * Source Control of scratch layers: looks which containers have one, and loads what shows them (layers.ts) with the
 * first. Called by `extension.ts`.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { layerFolderName } from '../../core/config/scratchLayer';
import type { Container } from '../model/container';
import { MadeFiles } from '../services/MadeFiles';
import type { Services } from '../services/Services';
import type { LayerSources } from './LayerSources';
import { sideScheme } from './sideUri';

export function registerLayers(services: Services): void {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let sources: LayerSources | undefined;
  const look = async (isAsked: boolean) => {
    const found = await withLayer(services.containers.all);
    if (!sources && found.length > 0) {
      const { LayerSources: Sources } = await import('./layers');
      sources ??= new Sources(services, (uri) => changed.fire(uri));
    }
    sources?.show(found, isAsked);
  };
  // One after the other: of two at once the later could be shown first, and then what was before it.
  let turn = Promise.resolve();
  const follow = (isAsked: boolean) => {
    turn = turn
      .then(() => look(isAsked))
      .catch((error: unknown) => services.log.error(error as Error));
  };
  services.context.subscriptions.push(
    changed,
    MadeFiles.register(
      sideScheme,
      async (uri) => (await import('./layers')).sideText(services, uri),
      changed.event,
    ),
    services.containers.onDidChange(() => follow(false)),
    { dispose: () => sources?.dispose() },
  );
  services.layers.changed = () => follow(true);
}

/** Bundles of the workspace, and containers that run. */
async function withLayer(all: readonly Container[]): Promise<Container[]> {
  const found = await Promise.all(
    all.map(async (container) => {
      if (container.kind !== 'bundle') return [];
      const upper = path.join(container.bundle, layerFolderName, 'upper');
      const isThere = await access(upper).then(
        () => true,
        () => false, // none, or not for us to see
      );
      return isThere ? [container] : [];
    }),
  );
  return found.flat();
}
