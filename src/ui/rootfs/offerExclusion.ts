/** Offers, once for each rootfs of a workspace, to leave a large one out of VS Code's watching and search. Loaded with editing.ts. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { showMessage } from '../notifications';
import { helperCommand } from '../services/helperCommand';
import { allowedWords } from '../services/rootfsBelow';
import type { Services } from '../services/Services';
import { type CountedTree, type TreePlace, placeToOffer, rememberOffer } from './exclusion';

/** Names of an installed Debian: from here on each costs the watcher and every search. */
const many = 20_000;

/** Of the count, in milliseconds. */
const timeout = 60_000;

const settings = ['files.watcherExclude', 'search.exclude'] as const;

/** @returns whether the tree is large. Throws where its files cannot be counted */
export async function isLarge({ context }: Services, tree: CountedTree): Promise<boolean> {
  const words = [
    'file',
    'count',
    ...allowedWords(),
    `--${tree.kind}`,
    tree.bundle,
    '/',
    String(many),
  ];
  return Number(await helperCommand(context, words, timeout)) >= many;
}

/** Resolves with the answer, for which a person may take long. */
export async function offerExclusion(services: Services, tree: CountedTree): Promise<void> {
  const place = placeToOffer(services, tree.rootfs);
  if (!place) return;
  await rememberOffer(services, tree.rootfs);
  const { t } = vscode.l10n;
  const exclude = t('Exclude');
  const answer = await showMessage(
    'information',
    t(
      'The rootfs of {0} has {1} files and folders or more. VS Code watches and searches all of them, which takes time and memory. Exclude it from both in this workspace? “Go to File” finds nothing in it then. The Explorer shows it all the same, and is refreshed by hand.',
      ...[escapeControlCharacters(tree.name), many],
    ),
    ...[exclude, t('Not Now')],
  );
  if (answer === exclude) await excludeTree(place);
}

async function excludeTree({ folder, below }: TreePlace): Promise<void> {
  for (const name of settings) await add(name, `${globOf(below)}/**`, folder.uri);
}

async function add(name: string, pattern: string, scope: vscode.Uri): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(undefined, scope);
  const now = configuration.inspect<Record<string, boolean>>(name);
  const isSingle = vscode.workspace.workspaceFile === undefined;
  const target = isSingle
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.WorkspaceFolder;
  const set = isSingle ? now?.workspaceValue : now?.workspaceFolderValue;
  await configuration.update(name, { ...set, [pattern]: true }, target);
}

/** A name that stands for itself alone. */
export function globOf(name: string): string {
  return name.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}
