/** Says in numbers what Take Ownership would change and what is lost by it. Called before it does anything. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import type { OwnershipReport, SomeFiles } from '../../protocol/ownership';
import type { RootfsPlace } from '../rootfs/rootfsPlace';
import { ask } from '../say';

/** @throws CancellationError */
export async function confirmOwnership(
  { name, path }: RootfsPlace,
  report: OwnershipReport,
): Promise<void> {
  const { t } = vscode.l10n;
  const question =
    path === '/'
      ? t('Take ownership of the whole rootfs of {0}?', visible(name))
      : t('Take ownership of {0} in the rootfs of {1}?', visible(path), visible(name));
  const button = t('Take Ownership');
  if ((await ask('warning', question, lossesOf(report).join('\n\n'), button)) !== button)
    throw new vscode.CancellationError();
}

function lossesOf(report: OwnershipReport): string[] {
  const { t } = vscode.l10n;
  const { files, owners, setId, capabilities, devices, links } = report;
  const named = (text: (naming: string) => string, some: SomeFiles | undefined) =>
    some && some.count > 0 ? [text(naming(some))] : [];
  return [
    t('Becomes yours: {0}, now of users {1}.', naming(files), owners.join(', ')),
    ...named(
      (of) =>
        t(
          'Loses setuid and setgid bits, which would have it act as you for whoever runs it: {0}.',
          of,
        ),
      setId,
    ),
    ...named((of) => t('Loses its capabilities: {0}.', of), capabilities),
    ...(capabilities
      ? []
      : [
          t(
            'If files have capabilities they lose them for good: getfattr and setfattr (package attr) are needed to see and to restore them.',
          ),
        ]),
    ...named(
      (of) =>
        t('Stays as it is, for it has hard links elsewhere or where others make some: {0}.', of),
      links,
    ),
    ...named((of) => t('Stays as it is, for it is a device node: {0}.', of), devices),
    t(
      'Programs in the container that look at owners (su, sudo, sshd) may refuse their work. "Undo Take Ownership" gives files back to their owners, but no setuid bit and no capability to a file that was changed meanwhile.',
    ),
  ];
}

/** How many, and the names of the first. */
function naming({ count, names }: SomeFiles): string {
  const { t } = vscode.l10n;
  const shown = names.map((name) => `“${visible(name)}”`).join(', ');
  if (count === 1) return shown;
  const more = count - names.length;
  return more > 0
    ? t('{0} files ({1}, {2} more)', count, shown, more)
    : t('{0} files ({1})', count, shown);
}
