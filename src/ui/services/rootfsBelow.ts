/**
 * The setting `terrarium.rootfsBelow`: folders that a rootfs outside of its bundle may lie below. It is the person's, on
 * this machine: what a workspace says is never read, and in Restricted Mode nothing is allowed.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { type AllowedFolders, rootfsBelowWords } from '../../core/bundle/rootfsOf';
import { messageOf } from '../../core/errors';
import type { HelperLink } from './HelperLink';
import type { Services } from './Services';

/** Qualified, as `affectsConfiguration` and the settings editor take it. */
export const rootfsBelowSetting = 'terrarium.rootfsBelow';

/** As many as the helper takes. */
const most = 64;

/** @returns undefined where there is none */
export function allowedFolders(): AllowedFolders | undefined {
  const folders = chosen();
  return folders.length > 0 ? { folders, person: process.geteuid?.() ?? 0 } : undefined;
}

/** For a command of the helper that opens a bundle. */
export function allowedWords(): string[] {
  return rootfsBelowWords(chosen());
}

function chosen(): string[] {
  if (!vscode.workspace.isTrusted) return [];
  const set = vscode.workspace.getConfiguration().inspect<unknown>(rootfsBelowSetting)?.globalValue;
  if (!Array.isArray(set)) return [];
  return set
    .filter((one): one is string => typeof one === 'string' && path.isAbsolute(one))
    .slice(0, most);
}

/** Calls it when that may have changed. */
export function onDidChangeAllowed(changed: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(rootfsBelowSetting)) changed();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
  );
}

/** Tells every helper, for what this window asks of it. Called by `extension.ts`. */
export function tellAllowedFolders({ helpers, containers, context, log }: Services): void {
  const tell = (link: HelperLink) =>
    link
      .request('allowRootfsBelow', { folders: chosen() })
      .catch((error: unknown) => log.warn(`${rootfsBelowSetting}: ${messageOf(error)}`));
  context.subscriptions.push(
    helpers.onDidLink((link) => {
      if (chosen().length > 0) void tell(link);
    }),
    onDidChangeAllowed(() => {
      for (const link of helpers.links) void tell(link);
      containers.refresh().catch((error: unknown) => log.error(error as Error));
    }),
  );
}
