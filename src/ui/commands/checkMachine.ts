/** "Check This Machine": the helper's own check, as a page to read. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Check } from '../../protocol/doctor';
import { visible } from '../../core/text/visible';
import { escapeMarkdown } from '../model/markdown';
import type { Services } from '../services/Services';
import { sayProgress } from '../say';

const timeoutMs = 60_000;

export async function run({ context, log }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const report = await sayProgress({ title: t('Checking this machine…') }, async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/tmp';
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [context.asAbsolutePath('dist/helper.js'), 'check', folder],
      { cwd: '/', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, timeout: timeoutMs },
    );
    const { CheckReport } = await import('../../core/lazy');
    return CheckReport.parse(JSON.parse(stdout));
  });
  for (const { code, verdict, found } of report.checks)
    log.info(`check ${code}: ${verdict}: ${found}`);
  await showPage(context, page(report.checks));
}

const pageUri = vscode.Uri.from({ scheme: 'terrarium-check', path: '/check.md' });
const changed = new vscode.EventEmitter<vscode.Uri>();
let shown: string | undefined;

/** A page of its own rather than an untitled file, which would ask to be saved. */
async function showPage({ subscriptions }: vscode.ExtensionContext, text: string): Promise<void> {
  if (shown === undefined) {
    subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(pageUri.scheme, {
        onDidChange: changed.event,
        provideTextDocumentContent: () => shown,
      }),
    );
  }
  shown = text;
  changed.fire(pageUri);
  await vscode.commands.executeCommand('markdown.showPreview', pageUri);
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
        `- **${escapeMarkdown(title)}** (${code}): ${escapeMarkdown(found)}${remedy ? ` *${escapeMarkdown(remedy)}*` : ''}${command ? `\n\n  \`\`\`sh\n  ${visible(command)}\n  \`\`\`\n` : ''}`,
    );
    return `## ${words[verdict]}\n\n${lines.join('\n')}\n\n`;
  };
  const sections = (['failed', 'limited', 'unknown', 'ok'] as const).map(section).join('');
  return `# ${t('This machine')}\n\n${sections}`;
}
