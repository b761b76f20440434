/** Sets the context keys for the `when` clauses of package.json. Called once by `extension.ts`. */
import * as vscode from 'vscode';
import type { Services } from './Services';

export function setContextKeys({ containers, context }: Services): void {
  set('terrarium.notLinux', process.platform !== 'linux');
  const update = () => {
    set(
      'terrarium.bundles',
      containers.discovery.bundles.map(({ folder }) => folder),
    );
    set(
      'terrarium.liveBundles',
      containers.live.map(({ folder }) => folder),
    );
    set(
      'terrarium.rootfsFolders',
      containers.discovery.rootfsFolders.map(({ folder }) => folder),
    );
    set('terrarium.takenFolders', containers.discovery.takenFolders);
    set('terrarium.hasContainers', containers.all.length > 0);
    set('terrarium.hasRootfsFolders', containers.discovery.rootfsFolders.length > 0);
  };
  update();
  context.subscriptions.push(containers.onDidChange(update));
}

function set(key: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
