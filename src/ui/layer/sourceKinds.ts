/** What providers of Source Control there are, and how they are different: changes of a layer, and since a baseline. */
import * as vscode from 'vscode';
import type { LayerChange } from '../../protocol/layer';
import { sideUri } from './sideUri';

export interface SourceKind {
  /** As `when` clauses of package.json know it. */
  readonly provider: string;
  readonly group: string;
  readonly side: 'layer' | 'baseline';
  label(name: string): string;
  groupLabel(): string;
  diffTitle(path: string): string;
  sidesOf(bundle: string, change: LayerChange): readonly [before: vscode.Uri, after: vscode.Uri];
}

export function layerKind(): SourceKind {
  const { t } = vscode.l10n;
  return {
    ...{ provider: 'terrarium', group: 'layer', side: 'layer' },
    label: (name) => t('Layer of {0}', name),
    groupLabel: () => t('Changes in the Scratch Layer'),
    diffTitle: (path) => t('{0} (Rootfs ↔ Scratch Layer)', path),
    sidesOf: (bundle, { path, from }) => [
      sideUri({ bundle, side: 'rootfs', path: from ?? path }),
      sideUri({ bundle, side: 'layer', path }),
    ],
  };
}

export function baselineKind(): SourceKind {
  const { t } = vscode.l10n;
  return {
    ...{ provider: 'terrarium-baseline', group: 'baseline', side: 'baseline' },
    label: (name) => t('Baseline of {0}', name),
    groupLabel: () => t('Since the Baseline'),
    diffTitle: (path) => t('{0} (Baseline ↔ Rootfs)', path),
    sidesOf: (bundle, { path, from }) => [
      sideUri({ bundle, side: 'baseline', path: from ?? path }),
      sideUri({ bundle, side: 'rootfs', path }),
    ],
  };
}
