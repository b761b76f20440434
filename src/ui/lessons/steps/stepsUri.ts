/** The URI of the notebook of a start: its bundle, and which of its starts. Read-only files of a file system of ours. */
import path from 'node:path';
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { ContainerInfo } from '../../../protocol/container';

export const stepsScheme = 'terrarium-steps';

export function stepsUri({ bundle, name, startedAt }: ContainerInfo): vscode.Uri {
  const title = vscode.l10n.t('Start of {0}', escapeControlCharacters(name).replaceAll('/', '⁄'));
  const query = new URLSearchParams({ bundle, startedAt: String(startedAt) }).toString();
  return vscode.Uri.from({ scheme: stepsScheme, path: `/${title}`, query });
}

/** @returns undefined where it names no folder: a URI may come from anywhere */
export function bundleOfSteps({ scheme, query }: vscode.Uri): string | undefined {
  if (scheme !== stepsScheme) return undefined;
  const bundle = new URLSearchParams(query).get('bundle');
  return bundle !== null && path.isAbsolute(bundle) ? bundle : undefined;
}
