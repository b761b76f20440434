/** The first lines of the document about a process: when it was read, and whether the process has ended. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { Inspection } from '../../services/Inspections';

export function inspectionStatus({ found, parent, readAt, goneAt }: Inspection): string[] {
  const { t } = vscode.l10n;
  const [read, gone] = [readAt, goneAt].map(
    (at) => at?.toLocaleTimeString(vscode.env.language) ?? '',
  ) as [string, string];
  const lines: string[] = [];
  if (goneAt)
    lines.push(
      t('It has ended: noticed at {0}. What follows is the last reading, of {1}.', gone, read),
    );
  else if (found.ended)
    lines.push(
      parent
        ? t(
            'It is a zombie: it has ended, and its parent {0} (PID {1}) has not asked for its exit status.',
            escapeControlCharacters(parent.name),
            parent.pid,
          )
        : t('It is a zombie: it has ended.'),
      t('The kernel keeps what follows until its exit status is asked for.'),
    );
  if (found.thread !== undefined)
    lines.push(
      t(
        'Its main thread has ended, and others run on: what follows is of thread {0}.',
        found.thread,
      ),
    );
  if (!goneAt) lines.push(t('Read at {0}.', read));
  return lines;
}
