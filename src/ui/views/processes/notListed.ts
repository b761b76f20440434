/** Why a process has no row in the Processes view, and what to do. Thrown where somebody wants to see it there. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';

/**
 * @param name of the process; undefined where it has ended
 * @param filter of the view; empty for none
 */
export function notListed(name: string | undefined, filter: string): TerrariumError {
  const { t } = vscode.l10n;
  const code = 'process-not-listed';
  if (name === undefined)
    return new TerrariumError(
      code,
      t('The Processes view does not list that process, because it has ended.'),
      t('Choose one that runs.'),
    );
  const shown = escapeControlCharacters(name);
  return filter === ''
    ? new TerrariumError(
        code,
        t('“{0}” is too far down in the Processes view to be shown there.', shown),
        t('“Filter Processes…” finds it by its name or PID.'),
      )
    : new TerrariumError(
        code,
        t(
          'The Processes view does not list “{0}”, because its filter is “{1}”.',
          shown,
          escapeControlCharacters(filter),
        ),
        t('“Clear Process Filter” lists all.'),
      );
}
