/** "Show Warnings": shows the warnings of the last start of a container as a page. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { escapeMarkdown } from '../model/markdown';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const { name, info } = await pickContainer(services, target, {
    title: t('Show Warnings'),
    accepts: (candidate) => (candidate.info?.warnings?.length ?? 0) > 0,
    none: [t('No container has warnings.'), t('They come with a start.')],
    unfit: (candidate) => [
      t('The last start of {0} had no warnings.', escapeControlCharacters(candidate.name)),
      t('There is nothing to read.'),
    ],
  });
  const title = t('Warnings of {0}', escapeControlCharacters(name));
  const lines = (info?.warnings ?? []).map(
    (text) => `- ${escapeMarkdown(escapeControlCharacters(text))}`,
  );
  await services.pages.show(title, `# ${escapeMarkdown(title)}\n\n${lines.join('\n\n')}\n`);
}
