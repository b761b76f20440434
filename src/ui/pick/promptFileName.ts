/** Asks for the name of a file in a rootfs. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/** @returns one name. @throws CancellationError */
export async function promptFileName({
  title,
  prompt,
  value = '',
  mayBeFolder = false,
}: {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  /** With a slash at its end. */
  readonly mayBeFolder?: boolean;
}): Promise<string> {
  const { t } = vscode.l10n;
  const name = await vscode.window.showInputBox({
    ...{ title, prompt: escapeControlCharacters(prompt), value },
    validateInput: (text) => {
      const own = mayBeFolder ? text.replace(/\/$/, '') : text;
      const isName = own !== '' && own !== '.' && own !== '..' && !/[/\0]/.test(own);
      return isName ? undefined : t('A name without a slash is needed.');
    },
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name;
}
