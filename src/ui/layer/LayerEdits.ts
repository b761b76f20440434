/**
 * What is edited in the rootfs while its container runs on a scratch layer above it: the helper has the overlay forget
 * what it remembers, and tells what is seen inside then. Shown as a group of Source Control, which goes with the end of
 * the container; told once. Made by LayerSources.
 */
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isBelow } from '../../core/fs/isBelow';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { SeenState } from '../../protocol/layer';
import { commandIds } from '../commandIds';
import { showMessage } from '../notifications';
import { RootfsChanges } from '../services/RootfsChanges';
import type { Services } from '../services/Services';
import type { ChangeSource } from './ChangeSource';
import { sideUri } from './sideUri';

/** What is applied comes back as an event of the watcher. In milliseconds. */
const applyLastsFor = 10_000;

/** Files that are shown. */
const mostRows = 1000;

export class LayerEdits implements vscode.Disposable {
  readonly #group: vscode.SourceControlResourceGroup;
  readonly #watcher: RootfsChanges;
  readonly #rows = new Map<string, vscode.SourceControlResourceState>();
  readonly #states = new Map<string, SeenState>();
  /** Path → when it was applied, of performance.now(). */
  readonly #applied = new Map<string, number>();
  /** More than one look can name: what is seen of them is not known. */
  #isMany = false;
  #isTold = false;
  #isDisposed = false;

  /** @param start which start of the container this is for */
  constructor(
    private readonly services: Services,
    private readonly source: ChangeSource,
    readonly start: number,
  ) {
    const { rootfs } = source.container;
    const label = vscode.l10n.t('Edited Below the Layer');
    this.#group = source.control.createResourceGroup('below', label);
    this.#group.hideWhenEmpty = true;
    this.#watcher = new RootfsChanges(
      rootfs,
      services.saved,
      (files) => this.#look(files),
      (error) => services.log.error(error as Error),
    );
  }

  /** These are no edits of somebody's: what is in the layer becomes the rootfs's. */
  expect(paths: readonly string[]): void {
    for (const one of paths) this.#applied.set(one, performance.now());
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watcher.dispose();
    this.#group.dispose();
    this.services.edits.set(this.source.container.bundle, undefined);
  }

  /** @param files absolute paths; undefined for more than one look can name */
  async #look(files: ReadonlySet<string> | undefined): Promise<void> {
    const { container } = this.source;
    const link = container.info && this.services.helpers.get(container.info.privilege);
    if (this.#isDisposed || !link) return;
    const paths = [...(files ?? [])].map((file) => path.relative(container.rootfs, file));
    const found = await link.request('seenInside', { bundle: container.bundle, paths });
    if (this.#hasEnded) return;
    const edited = found.files.filter(
      ({ path: way, state }) => state === 'old' || !this.#isApplied(way),
    );
    if (files && edited.length === 0) return;
    this.#isMany ||= !files;
    for (const { path: way, state } of edited) await this.#show(way, state);
    if (this.#hasEnded) return;
    this.#group.resourceStates = [...this.#rows.keys()].sort().map((way) => this.#rows.get(way)!);
    const isOld = this.#isMany || [...this.#states.values()].includes('old');
    this.services.edits.set(container.bundle, isOld ? 'old' : 'seen');
    if (this.#isTold) return;
    this.#isTold = true;
    void this.#tell();
  }

  get #hasEnded(): boolean {
    return this.#isDisposed;
  }

  #isApplied(way: string): boolean {
    const since = performance.now() - applyLastsFor;
    for (const [one, at] of this.#applied) if (at < since) this.#applied.delete(one);
    return [...this.#applied.keys()].some(
      (one) => one === '.' || isBelow(way, one) || isBelow(one, way),
    );
  }

  async #show(way: string, state: SeenState): Promise<void> {
    if (!this.#states.has(way) && this.#states.size >= mostRows) return;
    this.#states.set(way, state);
    const { bundle } = this.source.container;
    const { t } = vscode.l10n;
    const texts: Readonly<Record<SeenState, string>> = {
      seen: t('Seen inside by whoever opens it anew'),
      old: t(
        'Inside it is what it was before, because a program has it open: restart the container',
      ),
      own: t('Inside it is that of the scratch layer, or of a mount: also after a restart'),
      unknown: t('What is seen of it inside is not known: restart the container'),
    };
    const icons: Partial<Record<SeenState, string>> = { old: 'warning', own: 'layers' };
    const icon = icons[state];
    const uri = this.source.uriOf(way);
    const isThere = await lstat(uri.fsPath).then(
      () => true,
      () => false, // removed
    );
    const opens = { command: 'vscode.open', title: t('Open File'), arguments: [uri] };
    const compares = {
      ...{ command: 'vscode.diff', title: t('Open Change') },
      arguments: [
        sideUri({ bundle, side: 'rootfs', path: way }),
        sideUri({ bundle, side: 'layer', path: way }),
        t('{0} (Rootfs ↔ Scratch Layer)', escapeControlCharacters(way)),
      ],
    };
    const command = state === 'own' ? compares : isThere ? opens : undefined;
    this.#rows.set(way, {
      ...{ resourceUri: uri, contextValue: 'below', ...(command && { command }) },
      decorations: {
        tooltip: texts[state],
        strikeThrough: !isThere,
        ...(icon !== undefined && { iconPath: new vscode.ThemeIcon(icon) }),
      },
    });
  }

  /** Once for each start, and not for each file. */
  async #tell(): Promise<void> {
    const { t } = vscode.l10n;
    const { container } = this.source;
    const firstOf = (wanted: SeenState) =>
      [...this.#states].find(([, state]) => state === wanted)?.[0];
    const [old, own] = [firstOf('old'), firstOf('own')];
    const shown = (way: string) => escapeControlCharacters(way);
    const restart = t('Restart Container');
    const picked = await showMessage(
      old === undefined && !this.#isMany ? 'information' : 'warning',
      [
        t(
          'The rootfs of {0} was edited below the scratch layer that it runs on.',
          escapeControlCharacters(container.name),
        ),
        old !== undefined
          ? t('Inside, {0} is still what it was, because a program has it open.', shown(old))
          : this.#isMany
            ? t('These are many files, and some may be seen inside as they were.')
            : own !== undefined
              ? t('Inside, {0} is that of the layer.', shown(own))
              : t('Who opens such a file from now on sees the new one.'),
        t('The kernel promises nothing for such edits; a restart makes sure, and keeps the layer.'),
      ].join(' '),
      restart,
    );
    if (picked !== restart) return;
    const folder = vscode.Uri.file(container.folder);
    await vscode.commands.executeCommand(commandIds.restartContainer, folder);
  }
}
