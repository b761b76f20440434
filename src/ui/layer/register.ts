/**
 * Source Control of scratch layers and baselines: looks which containers have one, and loads what shows them (layers.ts)
 * with the first. Called by `extension.ts`.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { layerFolderName } from '../../core/config/scratchLayer';
import type { Container } from '../model/container';
import { MadeFiles } from '../services/MadeFiles';
import type { Services } from '../services/Services';
import type { BaselineSources } from './BaselineSources';
import type { LayerSources } from './LayerSources';
import { sideScheme } from './sideUri';

export function registerLayers(services: Services): void {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  let sources: LayerSources | undefined;
  let baselines: BaselineSources | undefined;
  const look = async (isAsked: boolean) => {
    const { all } = services.containers;
    const layered = await having('upper', all);
    // To compare is to read files: nothing that a stranger's folder has says for how long.
    const marked = vscode.workspace.isTrusted ? await having('baseline.mtree', all) : [];
    const fire = (uri: vscode.Uri) => changed.fire(uri);
    if (!sources && layered.length > 0)
      sources = new (await import('./layers')).LayerSources(services, fire);
    if (!baselines && marked.length > 0)
      baselines = new (await import('./layers')).BaselineSources(services, fire);
    sources?.show(layered, isAsked);
    baselines?.show(marked, isAsked);
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
    services.helpers.onDidChange(() => follow(false)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => follow(false)),
    {
      dispose: () => {
        sources?.dispose();
        baselines?.dispose();
      },
    },
  );
  services.layers.changed = () => follow(true);
}

/** Bundles of the workspace, and containers that run. @param name of what lies in the folder of the layer */
async function having(name: string, all: readonly Container[]): Promise<Container[]> {
  const found = await Promise.all(
    all.map(async (container) => {
      if (container.kind !== 'bundle') return [];
      const isThere = await access(path.join(container.bundle, layerFolderName, name)).then(
        () => true,
        () => false, // none, or not for us to see
      );
      return isThere ? [container] : [];
    }),
  );
  return found.flat();
}
