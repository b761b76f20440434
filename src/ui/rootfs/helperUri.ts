/**
 * URIs of files that the helper reads and saves: the path on this machine, and as authority whose rights. VS Code shows
 * them as package.json says (`resourceLabelFormatters`).
 */
import * as vscode from 'vscode';
import type { Privilege } from '../../protocol/container';

export const rootfsScheme = 'terrarium-rootfs';

/** @param file absolute path, as the workspace has it */
export function helperUri(file: string, privilege: Privilege): vscode.Uri {
  return vscode.Uri.from({ scheme: rootfsScheme, authority: privilege, path: file });
}

/** @returns undefined where it is no such URI */
export function privilegeOf({ scheme, authority }: vscode.Uri): Privilege | undefined {
  if (scheme !== rootfsScheme) return undefined;
  return authority === 'root' || authority === 'rootless' ? authority : undefined;
}
