/** Shows a warning when a helper has died, with the names of its containers. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Services } from './Services';
import { showMessage } from '../notifications';

export function notifyHelperLost({ helpers, context }: Services): void {
  const { t } = vscode.l10n;
  context.subscriptions.push(
    helpers.onDidLose((lost) => {
      const names = lost.map(({ name }) => escapeControlCharacters(name)).join(', ');
      void showMessage(
        'warning',
        t(
          'The helper ended unexpectedly, and with it {0}. Nothing of it is left running; start it again.',
          names,
        ),
      );
    }),
  );
}
