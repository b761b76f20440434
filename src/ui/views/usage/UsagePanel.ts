/**
 * CPU and memory of one container over time, in a webview. Opened by "Show CPU and Memory". The extension
 * host keeps a bounded history: VS Code destroys the page while it is hidden. The helper reads nothing then.
 * After "Reload Window" it comes back from the page's state, which VS Code keeps.
 */
import { uptime } from 'node:os';
import * as vscode from 'vscode';
import type { ContainerInfo } from '../../../protocol/container';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { UsageHistory, usageOf } from '../../../core/tree/usage';
import type { Services } from '../../services/Services';
import type { UsageMessage, UsageReady, UsageState, UsageTexts } from './messages';
import { parseUsageState } from './usageState';
import { lostWebviewPage, webviewPage } from '../webviewPage';

/** The type of the panel, as package.json names it in `onWebviewPanel`. */
export const usageView = 'terrarium.usage';

/** Interval of the samples, in milliseconds. No message of the helper means no change. */
const everyMs = 1000;

/** Container id → its panel. */
const open = new Map<string, UsagePanel>();

export class UsagePanel {
  readonly #history: UsageHistory;
  readonly #subscriptions: vscode.Disposable[];
  #subscription: vscode.Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** Shows the panel of a container, and makes it where there is none. */
  static show(services: Services, info: ContainerInfo): void {
    const known = open.get(info.id);
    if (known) {
      known.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      usageView,
      vscode.l10n.t('{0}: CPU and Memory', escapeControlCharacters(info.name)),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
    );
    new UsagePanel(services, panel, info);
  }

  /** Fills a panel that came back with the window. @param state what its page had left */
  static async restore(
    services: Services,
    panel: vscode.WebviewPanel,
    state: unknown,
  ): Promise<void> {
    const known = parseUsageState(state);
    if (!known) {
      panel.webview.html = lostPage();
      return;
    }
    await services.containers.ready();
    await services.helpers.connectExisting();
    if (open.has(known.id)) panel.dispose();
    else new UsagePanel(services, panel, known);
  }

  /** @param about with samples and their `bootedAt`, where it came back with the window */
  private constructor(
    private readonly services: Services,
    private readonly panel: vscode.WebviewPanel,
    private readonly about: Pick<UsageState, 'id' | 'name'> & Partial<UsageState>,
  ) {
    const root = vscode.Uri.joinPath(services.context.extensionUri, 'dist/webview');
    const { webview } = panel;
    this.#history = new UsageHistory(about.samples);
    open.set(about.id, this);
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: Partial<UsageReady>) => {
        if (message.kind === 'ready')
          this.#post({
            ...{ kind: 'all', samples: this.#history.samples, ended: this.#ended },
            bootedAt: this.#bootedAt(),
          });
      }),
      panel.onDidChangeViewState(() => this.#follow()),
      services.attention.onDidChange(() => this.#follow()),
      services.containers.onDidChange(() => this.#follow()),
    ];
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    webview.html = page(webview, root, about);
    this.panel.onDidDispose(() => this.#close());
    services.context.subscriptions.push(this.panel);
    this.#follow();
  }

  #follow(): void {
    const isRunning = this.services.containers.byId(this.about.id)?.state === 'running';
    if (!isRunning && !this.#ended) {
      this.#ended = true;
      this.#post({ kind: 'ended' });
    }
    const wanted = isRunning && this.panel.visible && this.services.attention.isSeen;
    if (wanted === (this.#subscription !== undefined)) return;
    if (wanted) {
      this.#subscription = this.services.processes.subscribe(this.about.id);
      this.#timer = setInterval(() => this.#sample(), everyMs);
    } else this.#rest();
  }

  #sample(): void {
    const known = this.services.processes.of(this.about.id);
    if (!known || known.stale || known.error !== undefined) return;
    const sample = usageOf(known.tree.infos(), Math.round(uptime()));
    this.#post({ kind: 'more', samples: this.#history.add(sample), bootedAt: this.#bootedAt() });
  }

  #post(message: UsageMessage): void {
    void this.panel.webview.postMessage(message);
  }

  /** What the times count from: of a container that has ended, the machine may have booted again since. */
  #bootedAt(): number {
    const { bootedAt = bootedNow() } = this.about;
    return this.#ended ? bootedAt : bootedNow();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#subscription?.dispose();
    this.#subscription = undefined;
  }

  #close(): void {
    open.delete(this.about.id);
    this.#rest();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** When this machine booted, by its clock of now. */
function bootedNow(): number {
  return Date.now() / 1000 - uptime();
}

function page(
  webview: vscode.Webview,
  root: vscode.Uri,
  about: Pick<UsageState, 'id' | 'name'>,
): string {
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
    nothing: t('not measured'),
    unread: t('being read'),
    atMost: t('at most {0}'),
  };
  const name = escapeControlCharacters(about.name);
  const data = { id: about.id, name, texts: JSON.stringify(texts) };
  return webviewPage({ webview, root, page: 'usage', title: name, data });
}

/** For a panel without a readable saved state. */
function lostPage(): string {
  const text = vscode.l10n.t(
    'Here was the CPU and memory of a container. “Show CPU and Memory” shows it again.',
  );
  return lostWebviewPage(text);
}
