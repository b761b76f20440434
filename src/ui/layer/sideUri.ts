/** The URI of one side of a change: a read-only document, which comes back with the window. */
import * as vscode from 'vscode';

export const sideScheme = 'terrarium-layer';

const sides = ['rootfs', 'layer', 'baseline'] as const;

export interface Side {
  /** Absolute real path of the bundle. */
  readonly bundle: string;
  readonly side: (typeof sides)[number];
  /** As a change has it; none for an empty document. */
  readonly path: string;
}

export function sideUri({ bundle, side, path }: Side): vscode.Uri {
  return vscode.Uri.from({
    scheme: sideScheme,
    path: `/${path}`,
    query: JSON.stringify({ bundle, side }),
  });
}

/** Anybody can make such a URI. @returns undefined for one that is none of ours */
export function parseSideUri(uri: vscode.Uri): Side | undefined {
  let query: unknown;
  try {
    query = JSON.parse(uri.query);
  } catch {
    return undefined; // none of ours
  }
  const { bundle, side: named } = (query ?? {}) as Record<string, unknown>;
  const side = sides.find((one) => one === named);
  if (typeof bundle !== 'string' || side === undefined) return undefined;
  return { bundle, side, path: uri.path.replace(/^\/+/, '') };
}
