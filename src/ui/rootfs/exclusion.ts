/** Which trees are offered to be left out of VS Code's watching and search: what is known of one before it is counted. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { FolderKind } from '../../protocol/container';
import type { Services } from '../services/Services';

export interface CountedTree {
  /** The bundle or the plain folder, as the helper expects it. */
  readonly bundle: string;
  readonly kind: FolderKind;
  /** Not escaped. */
  readonly name: string;
  /** Path in the workspace. */
  readonly rootfs: string;
}

export interface TreePlace {
  readonly folder: vscode.WorkspaceFolder;
  /** Path of the rootfs in that folder. */
  readonly below: string;
}

const stateKey = 'terrarium.exclusionOffered';

/** @returns undefined where a tree was offered before, or is no folder below one of the workspace */
export function placeToOffer({ context }: Services, rootfs: string): TreePlace | undefined {
  if (context.workspaceState.get<string[]>(stateKey, []).includes(rootfs)) return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(rootfs));
  const below = folder && path.relative(folder.uri.fsPath, rootfs);
  return below ? { folder, below } : undefined;
}

/** It is not offered again in this workspace. */
export async function rememberOffer({ context }: Services, rootfs: string): Promise<void> {
  const offered = context.workspaceState.get<string[]>(stateKey, []);
  await context.workspaceState.update(stateKey, [...offered, rootfs]);
}
