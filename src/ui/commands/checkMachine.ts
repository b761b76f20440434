/** "Check This Machine": shows the helper's check as a page. */
import * as vscode from 'vscode';
import type { Check } from '../../protocol/doctor';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { escapeMarkdown } from '../model/markdown';
import type { Services } from '../services/Services';
import { machineChecks } from '../services/machineChecks';
import { showProgress } from '../notifications';

export async function run({ context, log, pages }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const checks = await showProgress({ title: t('Checking this machine…') }, () =>
    machineChecks(context),
  );
  for (const { code, verdict, found } of checks) log.info(`check ${code}: ${verdict}: ${found}`);
  await pages.show(t('Check of This Machine'), page(checks));
}

function page(checks: readonly Check[]): string {
  const { t } = vscode.l10n;
  const words = {
    failed: t('Does not work'),
    limited: t('Works in part'),
    unknown: t('Not known'),
    ok: t('Works'),
  };
  const section = (verdict: keyof typeof words) => {
    const rows = checks.filter((check) => check.verdict === verdict);
    if (rows.length === 0) return '';
    const lines = rows.map(
      ({ code, title, found, remedy, command }) =>
        `- **${escapeMarkdown(title)}** (${code}): ${escapeMarkdown(found)}${remedy ? ` *${escapeMarkdown(remedy)}*` : ''}${command ? `\n\n  \`\`\`sh\n  ${escapeControlCharacters(command)}\n  \`\`\`\n` : ''}`,
    );
    return `## ${words[verdict]}\n\n${lines.join('\n')}\n\n`;
  };
  const sections = (['failed', 'limited', 'unknown', 'ok'] as const).map(section).join('');
  return `# ${t('This machine')}\n\n${sections}`;
}
