/** "Copy Command Line": copies the arguments of processes, quoted for a shell, one process a line. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { pasteableWord } from '../../core/text/pasteableWord';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { pickProcesses } from '../pick/pickProcess';
import { inspectedProcess } from '../services/inspectedProcess';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const title = vscode.l10n.t('Copy Command Line');
  const chosen = await pickProcesses(services, target, selected, title);
  const lines = await Promise.all(
    chosen.map(async (one) => {
      const { found } = await inspectedProcess(services, one);
      if (found.argv) return found.argv.map(pasteableWord).join(' ');
      throw new TerrariumError(
        'no-command-line',
        vscode.l10n.t(
          'The command line of {0} (PID {1}) cannot be copied: it has none, or a very long one.',
          escapeControlCharacters(one.process.name),
          one.process.pid,
        ),
        vscode.l10n.t('Read /proc/PID/cmdline in a shell of the container.'),
      );
    }),
  );
  await vscode.env.clipboard.writeText(lines.join('\n'));
}
