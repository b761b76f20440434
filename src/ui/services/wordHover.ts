/** A hover for a word: its sentences, the manual page, and a link that opens that on this machine. */
import * as vscode from 'vscode';
import { commandIds } from '../commandIds';
import { wordMarkdown } from '../model/words/wordMarkdown';
import type { Word } from '../model/words/WordTable';
import { hasManualPage } from './manualPages';

/**
 * @param name raw
 * @param range what the word is about
 */
export async function wordHover(
  name: string,
  word: Word,
  range: vscode.Range,
): Promise<vscode.Hover> {
  const text = new vscode.MarkdownString(wordMarkdown(name, word) + (await manualLink(word)));
  text.isTrusted = { enabledCommands: [commandIds.openManual] };
  return new vscode.Hover(text, range);
}

/** Empty where the page is not there, or where the workspace may start nothing. */
async function manualLink({ section }: Word): Promise<string> {
  if (!vscode.workspace.isTrusted || !(await hasManualPage(section))) return '';
  const target = `command:${commandIds.openManual}?${encodeURIComponent(JSON.stringify([section]))}`;
  return ` · [${vscode.l10n.t('Open the manual page')}](${target})`;
}
