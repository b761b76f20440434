/**
 * CPU and memory of one container over time, in a webview. Opened by "Show CPU and Memory". The extension
 * host keeps a bounded history: VS Code destroys the page while it is hidden. The helper reads nothing then.
 */
import { randomBytes } from 'node:crypto';
import { uptime } from 'node:os';
import * as vscode from 'vscode';
import type { ContainerInfo } from '../../../protocol/container';
import { visible } from '../../../core/text/visible';
import { UsageHistory, usageOf } from '../../../core/tree/usage';
import type { Services } from '../../services/Services';
import type { UsageMessage, UsageReady, UsageTexts } from './messages';

/** Interval of the samples, in milliseconds. No message of the helper means no change. */
const everyMs = 1000;

/** Container id → its panel. */
const open = new Map<string, UsagePanel>();

export class UsagePanel {
  readonly #history = new UsageHistory();
  readonly #panel: vscode.WebviewPanel;
  readonly #subscriptions: vscode.Disposable[];
  #subscription: vscode.Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** Shows the panel of a container, and makes it where there is none. */
  static show(services: Services, info: ContainerInfo): void {
    const known = open.get(info.id);
    if (known) known.#panel.reveal();
    else open.set(info.id, new UsagePanel(services, info));
  }

  private constructor(
    private readonly services: Services,
    private readonly info: ContainerInfo,
  ) {
    const root = vscode.Uri.joinPath(services.context.extensionUri, 'dist/webview');
    this.#panel = vscode.window.createWebviewPanel(
      'terrarium.usage',
      vscode.l10n.t('{0}: CPU and Memory', visible(info.name)),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      { enableScripts: true, localResourceRoots: [root] },
    );
    const { webview } = this.#panel;
    webview.html = page(webview, root, visible(info.name));
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: Partial<UsageReady>) => {
        if (message.kind === 'ready')
          this.#post({
            ...{ kind: 'all', samples: this.#history.samples, ended: this.#ended },
            bootedAt: bootedAt(),
          });
      }),
      this.#panel.onDidChangeViewState(() => this.#follow()),
      services.attention.onDidChange(() => this.#follow()),
      services.containers.onDidChange(() => this.#follow()),
    ];
    this.#panel.onDidDispose(() => this.#close());
    services.context.subscriptions.push(this.#panel);
    this.#follow();
  }

  #follow(): void {
    const isRunning = this.services.containers.byId(this.info.id)?.state === 'running';
    if (!isRunning && !this.#ended) {
      this.#ended = true;
      this.#post({ kind: 'ended' });
    }
    const wanted = isRunning && this.#panel.visible && this.services.attention.isSeen;
    if (wanted === (this.#subscription !== undefined)) return;
    if (wanted) {
      this.#subscription = this.services.processes.subscribe(this.info.id);
      this.#timer = setInterval(() => this.#sample(), everyMs);
    } else this.#rest();
  }

  #sample(): void {
    const known = this.services.processes.of(this.info.id);
    if (!known || known.stale || known.error !== undefined) return;
    const sample = usageOf(known.tree.infos(), Math.round(uptime()));
    this.#post({ kind: 'more', samples: this.#history.add(sample), bootedAt: bootedAt() });
  }

  #post(message: UsageMessage): void {
    void this.#panel.webview.postMessage(message);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#subscription?.dispose();
    this.#subscription = undefined;
  }

  #close(): void {
    open.delete(this.info.id);
    this.#rest();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

function bootedAt(): number {
  return Date.now() / 1000 - uptime();
}

function page(webview: vscode.Webview, root: vscode.Uri, name: string): string {
  const { t } = vscode.l10n;
  const texts: UsageTexts = {
    cpu: t('CPU (100% is one CPU)'),
    memory: t('Memory (PSS where the kernel tells it, else RSS)'),
    pause: t('Pause'),
    resume: t('Resume'),
    paused: t('Paused. What comes meanwhile is shown when you resume.'),
    ended: t('The container has ended.'),
    table: t('Table'),
    time: t('Time'),
    processes: t('Processes'),
    hint: t('Arrow keys move over the chart; Home and End jump.'),
    nothing: t('nobody looked'),
    unread: t('being read'),
    atMost: t('at most {0}'),
  };
  const nonce = randomBytes(16).toString('hex');
  const file = (part: string) => attribute(webview.asWebviewUri(vscode.Uri.joinPath(root, part)));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${attribute(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('usage.css')}">
<title>${attribute(name)}</title>
</head>
<body data-name="${attribute(name)}" data-texts="${attribute(JSON.stringify(texts))}">
<script nonce="${nonce}" src="${file('usage.js')}"></script>
</body>
</html>`;
}

/** Escapes text for an HTML attribute or element. */
function attribute(text: { toString(): string }): string {
  return text.toString().replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
