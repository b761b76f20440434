/** One sentence when a helper has died: its containers are gone with it. Called by `Services`. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import type { Services } from './Services';
import { say } from '../say';

export function tellLost({ helpers, context }: Services): void {
  const { t } = vscode.l10n;
  context.subscriptions.push(
    helpers.onDidLose((lost) => {
      const names = lost.map(({ name }) => visible(name)).join(', ');
      void say(
        'warning',
        t(
          'The helper ended unexpectedly, and with it {0}. Nothing of it is left running; start it again.',
          names,
        ),
      );
    }),
  );
}
