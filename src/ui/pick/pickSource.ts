/** What a container is made of, where that is no starting point of ours. Called by "New Container…". */
import * as vscode from 'vscode';
import { readOsRelease } from '../../core/bundle/busyboxPackage';
import { TerrariumError } from '../../core/errors';
import {
  type Variant,
  isPackageName,
  isSuiteName,
  packagesIn,
  suiteText,
} from '../../core/image/distribution';
import { containerSource } from '../../core/image/containerSource';
import { parseReference } from '../../core/image/reference';
import { translatable } from '../../core/text/translatable';
import type { Privilege } from '../../protocol/container';
import { type Container, isLive } from '../model/container';
import type { Services } from '../services/Services';
import { noneWithConfig, pickContainer } from './pickContainer';

export type SourceKind = 'archive' | 'folder' | 'registry' | 'distribution' | 'container';

/** As `ImportedContainer` has it. */
export interface PickedSource {
  readonly source: string;
  readonly variant?: Variant;
  readonly include?: string;
  readonly layer?: boolean;
  readonly privilege?: Privilege;
}

type SourceItem = vscode.QuickPickItem & { readonly point: SourceKind };

export function sourceItems(): SourceItem[] {
  const { t } = vscode.l10n;
  return [
    {
      point: 'archive',
      label: t('From an Archive or Image…'),
      detail: t('A tar archive of a tree, or what docker save and podman save write'),
      iconPath: new vscode.ThemeIcon('package'),
    },
    {
      point: 'folder',
      label: t('From a Folder…'),
      detail: t('A root filesystem, which is copied, or an OCI image layout'),
      iconPath: new vscode.ThemeIcon('folder-library'),
    },
    {
      point: 'container',
      label: t('From a Container…'),
      detail: t('A copy of one as it is now, also while it runs'),
      iconPath: new vscode.ThemeIcon('copy'),
    },
    {
      point: 'registry',
      label: t('From a Registry…'),
      detail: t('An image by its reference, fetched by skopeo with your own logins'),
      iconPath: new vscode.ThemeIcon('cloud-download'),
    },
    {
      point: 'distribution',
      label: t('From a Distribution…'),
      detail: t('Debian or a relative, installed by mmdebstrap with the sources of this machine'),
      iconPath: new vscode.ThemeIcon('layers'),
    },
  ];
}

/** @throws CancellationError, those of `pickContainer` */
export async function pickSource(services: Services, kind: SourceKind): Promise<PickedSource> {
  if (kind === 'container') return copyOf(await pickCopied(services));
  if (kind === 'registry') return { source: await promptReference() };
  if (kind === 'distribution') return pickDistribution();
  const { t } = vscode.l10n;
  const picked = await vscode.window.showOpenDialog({
    title:
      kind === 'folder'
        ? t('New Container: Root Filesystem or OCI Image Layout')
        : t('New Container: Archive or Image'),
    openLabel: t('Import'),
    canSelectFiles: kind === 'archive',
    canSelectFolders: kind === 'folder',
  });
  if (!picked?.[0]) throw new vscode.CancellationError();
  return { source: picked[0].fsPath };
}

/** @throws CancellationError, those of `pickContainer` */
export function pickCopied(services: Services, target?: unknown): Promise<Container> {
  return pickContainer(services, target, {
    title: vscode.l10n.t('Copy a Container'),
    accepts: () => true,
    none: noneWithConfig(),
  });
}

/** A container that runs is copied with the privilege that it has, and with the scratch layer that it is on. */
export function copyOf(container: Container): PickedSource {
  const source = containerSource(container.bundle);
  if (!container.info || !isLive(container)) return { source };
  const { layer = false, privilege } = container.info;
  return { source, layer, privilege };
}

const transport = 'docker://';

async function promptReference(): Promise<string> {
  const { t } = vscode.l10n;
  const withTransport = (text: string) =>
    text.startsWith(transport) ? text.trim() : transport + text.trim();
  const text = await prompt({
    title: t('New Container: Image of a Registry'),
    prompt: t('As docker pull takes it. The digest that it has now is written into config.json.'),
    placeHolder: 'REGISTRY/NAME:TAG',
    validateInput: (value) => problemOf(() => parseReference(withTransport(value))),
  });
  return withTransport(text);
}

/** The others of mmdebstrap are for its own experts, on the command line. */
const offered: readonly { readonly variant: Variant; readonly detail: string }[] = [
  {
    variant: 'minbase',
    detail: translatable('apt and what is essential: the usual base of a container'),
  },
  { variant: 'essential', detail: translatable('Only what is essential, without apt') },
  { variant: 'buildd', detail: translatable('minbase and what builds packages') },
  { variant: 'important', detail: translatable('What a small machine has') },
  { variant: 'standard', detail: translatable('What a machine has without a desktop') },
];

async function pickDistribution(): Promise<PickedSource> {
  const { t } = vscode.l10n;
  const [, own] = /^VERSION_CODENAME=["']?([a-z]+)/m.exec(await readOsRelease()) ?? [];
  const suite = await prompt({
    title: t('New Container: Suite'),
    prompt: t('The name of a release, as bookworm, stable or noble'),
    value: own ?? 'stable',
    validateInput: (value) => (isSuiteName(value) ? undefined : t('This is no name of a suite.')),
  });
  const picked = await vscode.window.showQuickPick(
    offered.map((offer) => ({ ...offer, label: offer.variant, detail: t(offer.detail) })),
    { title: t('New Container: Variant'), placeHolder: t('How much?'), ignoreFocusOut: true },
  );
  if (!picked) throw new vscode.CancellationError();
  const include = await prompt({
    title: t('New Container: Further Packages'),
    prompt: t('Names with blanks or commas between; empty for none'),
    validateInput: (value) => {
      const bad = packagesIn(value).find((name) => !isPackageName(name));
      return bad === undefined ? undefined : t('“{0}” is no name of a package.', bad);
    },
  });
  const packages = packagesIn(include).join(',');
  return {
    ...{ source: suiteText(suite), variant: picked.variant },
    ...(packages === '' ? {} : { include: packages }),
  };
}

async function prompt(options: vscode.InputBoxOptions): Promise<string> {
  const text = await vscode.window.showInputBox({ ...options, ignoreFocusOut: true });
  if (text === undefined) throw new vscode.CancellationError();
  return text;
}

/** As a message below the box. */
function problemOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof TerrariumError) return vscode.l10n.t('This is no reference to an image.');
    throw error;
  }
}
