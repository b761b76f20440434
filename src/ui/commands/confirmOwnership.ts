/** Shows what Take Ownership would change and what is lost, and asks. Called by "Take Ownership" before it changes anything. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { OwnershipReport, SomeFiles } from '../../protocol/ownership';
import type { RootfsPlace } from '../rootfs/rootfsPlace';
import { showModal } from '../notifications';

/** @throws CancellationError */
export async function confirmOwnership(
  { name, path }: RootfsPlace,
  report: OwnershipReport,
): Promise<void> {
  const { t } = vscode.l10n;
  const question =
    path === '/'
      ? t('Take ownership of the whole rootfs of {0}?', escapeControlCharacters(name))
      : t(
          'Take ownership of {0} in the rootfs of {1}?',
          escapeControlCharacters(path),
          escapeControlCharacters(name),
        );
  const button = t('Take Ownership');
  if ((await showModal('warning', question, lossesOf(report).join('\n\n'), button)) !== button)
    throw new vscode.CancellationError();
}

function lossesOf(report: OwnershipReport): string[] {
  const { t } = vscode.l10n;
  const { files, owners, setId, capabilities, devices, links } = report;
  const named = (text: (naming: string) => string, some: SomeFiles | undefined) =>
    some && some.count > 0 ? [text(naming(some))] : [];
  return [
    t('Becomes yours: {0}. Owner now: {1}.', naming(files), namingOwners(owners)),
    ...(owners.every(isId)
      ? []
      : [t('Without root, files of an id that is not mapped here cannot be changed.')]),
    ...named(
      (of) =>
        t(
          'Setuid and setgid bits are cleared: {0}. Otherwise the program would run as you for every user who starts it.',
          of,
        ),
      setId,
    ),
    ...named((of) => t('Capabilities are removed: {0}.', of), capabilities),
    ...(capabilities
      ? []
      : [
          t(
            'Capabilities of files are removed for good, if there are any: to see and restore them, install getfattr and setfattr (package attr).',
          ),
        ]),
    ...named(
      (of) =>
        t(
          'Not changed, because of hard links outside of it or in a folder that others may write to: {0}.',
          of,
        ),
      links,
    ),
    ...named((of) => t('Not changed, because it is a device node: {0}.', of), devices),
    t(
      'Programs in the container that check owners (su, sudo, sshd) may stop working. "Undo Take Ownership" restores all owners, and the bits and capabilities of files that have not changed since.',
    ),
  ];
}

/** The owners' uids; an owner that is not mapped in this user namespace has none. */
function namingOwners(owners: OwnershipReport['owners']): string {
  const { t } = vscode.l10n;
  const ids = owners.filter(isId);
  return [
    ...(ids.length > 0 ? [t('uid {0}', ids.join(', '))] : []),
    ...(ids.length < owners.length ? [t('an id that is not mapped here')] : []),
  ].join(', ');
}

function isId(owner: OwnershipReport['owners'][number]): owner is number {
  return typeof owner === 'number';
}

/** The number of files, and the first names. */
function naming({ count, names }: SomeFiles): string {
  const { t } = vscode.l10n;
  const shown = names.map((name) => `“${escapeControlCharacters(name)}”`).join(', ');
  if (count === 1) return shown;
  const more = count - names.length;
  return more > 0
    ? t('{0} files ({1}, {2} more)', count, shown, more)
    : t('{0} files ({1})', count, shown);
}
