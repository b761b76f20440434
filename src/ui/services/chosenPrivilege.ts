/** The privilege of a running container, and the one for the next start. Used for findings in config.json and exported scripts. */
import * as vscode from 'vscode';
import type { Privilege } from '../../protocol/container';
import { type Container, isLive } from '../model/container';

export function chosenPrivilege(): Privilege {
  const setting = vscode.workspace.getConfiguration('terrarium').get<string>('privilege');
  return process.geteuid?.() === 0 || setting !== 'rootless' ? 'root' : 'rootless';
}

/** @returns undefined where the container does not run */
export function privilegeInForce(container: Container | undefined): Privilege | undefined {
  return container && isLive(container) ? container.info?.privilege : undefined;
}
