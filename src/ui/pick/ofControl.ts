/** What a command of Source Control was called on, as `pickContainer` takes it. */
import * as vscode from 'vscode';
import { isBelow } from '../../core/fs/isBelow';
import type { Services } from '../services/Services';

/** Source Control hands over its provider, which is known by the rootfs, or a group of rows, by their files. */
export function ofControl({ containers }: Pick<Services, 'containers'>, target: unknown): unknown {
  const { rootUri, resourceStates } = (target ?? {}) as Readonly<Record<string, unknown>>;
  const [row] = Array.isArray(resourceStates) ? (resourceStates as unknown[]) : [];
  const { resourceUri } = (row ?? {}) as { readonly resourceUri?: unknown };
  const uri = rootUri ?? resourceUri;
  if (!(uri instanceof vscode.Uri)) return target;
  const found = containers.all.find(({ rootfs }) => isBelow(uri.fsPath, rootfs));
  return found && vscode.Uri.file(found.folder);
}
