/** With which privilege a container runs, or would be started from this window. Used by the parts of this folder. */
import * as vscode from 'vscode';
import type { Privilege } from '../../protocol/container';
import { type Container, isLive } from '../model/container';

export function chosenPrivilege(): Privilege {
  const setting = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  return process.geteuid?.() === 0 || setting !== 'rootless' ? 'root' : 'rootless';
}

/** @returns undefined where it does not run: the next start may have another */
export function privilegeInForce(container: Container | undefined): Privilege | undefined {
  return container && isLive(container) ? container.info?.privilege : undefined;
}
