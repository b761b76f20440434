/** Words, letters and colours of changes in Source Control. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ChangeKind, LayerChange } from '../../protocol/layer';

/** Those of git, which every theme has. */
export const changeColours: Readonly<Record<ChangeKind, string>> = {
  added: 'gitDecoration.addedResourceForeground',
  modified: 'gitDecoration.modifiedResourceForeground',
  deleted: 'gitDecoration.deletedResourceForeground',
  renamed: 'gitDecoration.renamedResourceForeground',
  replaced: 'gitDecoration.modifiedResourceForeground',
  type: 'gitDecoration.modifiedResourceForeground',
  metadata: 'gitDecoration.modifiedResourceForeground',
};

/** A sentence for a tooltip. @param of what the change is one of */
export function changeText(
  { kind, from, mode, owner, attributes }: LayerChange,
  of: 'layer' | 'baseline',
): string {
  const { t } = vscode.l10n;
  const old = escapeControlCharacters(from ?? '');
  const layer: Readonly<Record<ChangeKind, string>> = {
    added: t('Added in the scratch layer'),
    modified: t('Modified in the scratch layer'),
    deleted: t('Deleted in the scratch layer'),
    renamed: t('Renamed in the scratch layer, from {0}', old),
    replaced: t('A new folder in the scratch layer: what the rootfs has in it is not seen inside'),
    type: t('Another type of file in the scratch layer'),
    metadata: t('The same content in the scratch layer'),
  };
  const baseline: Readonly<Record<ChangeKind, string>> = {
    added: t('Added since the baseline'),
    modified: t('Modified since the baseline'),
    deleted: t('Deleted since the baseline'),
    renamed: t('Renamed since the baseline, from {0}', old),
    replaced: t('Replaced since the baseline'),
    type: t('Another type of file than in the baseline'),
    metadata: t('The same content as in the baseline'),
  };
  const texts = of === 'layer' ? layer : baseline;
  const different = [
    ...(mode ? [t('other mode')] : []),
    ...(owner ? [t('other owner')] : []),
    ...(attributes ? [t('other extended attributes')] : []),
  ];
  return [texts[kind], ...different].join(' · ');
}
