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
import { usageView } from '../pageTypes';
import { type ShownPage, showWebviewPage } from '../showWebviewPage';
import type { UsageMessage, UsageState, UsageTexts } from './messages';
import { parseUsageReady } from './parseMessages';

/** Interval of the samples, in milliseconds. No message of the helper means no change. */
const everyMs = 1000;

/** Container id → its panel. */
const open = new Map<string, UsagePanel>();

export class UsagePanel {
  readonly #history: UsageHistory;
  readonly #page: ShownPage<UsageMessage>;
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

  /** Fills a panel that came back with the window. */
  static restore(services: Services, panel: vscode.WebviewPanel, state: UsageState): void {
    if (open.has(state.id)) panel.dispose();
    else new UsagePanel(services, panel, state);
  }

  /** @param about with samples and their `bootedAt`, where it came back with the window */
  private constructor(
    private readonly services: Services,
    private readonly panel: vscode.WebviewPanel,
    private readonly about: Pick<UsageState, 'id' | 'name'> & Partial<UsageState>,
  ) {
    this.#history = new UsageHistory(about.samples);
    open.set(about.id, this);
    const name = escapeControlCharacters(about.name);
    this.#page = showWebviewPage(services, panel, {
      ...{ page: 'usage', title: name, parse: parseUsageReady },
      data: { id: about.id, name, texts: JSON.stringify(usageTexts()) },
      hear: () =>
        this.#page.post({
          ...{ kind: 'all', samples: this.#history.samples, ended: this.#ended },
          bootedAt: this.#bootedAt(),
        }),
      follow: () => this.#follow(),
      closed: () => this.#close(),
    });
    this.#follow();
  }

  #follow(): void {
    const isRunning = this.services.containers.byId(this.about.id)?.state === 'running';
    if (!isRunning && !this.#ended) {
      this.#ended = true;
      this.#page.post({ kind: 'ended' });
    }
    const wanted = isRunning && this.#page.isSeen;
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
    const samples = this.#history.add(sample);
    this.#page.post({ kind: 'more', samples, bootedAt: this.#bootedAt() });
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
  }
}

/** When this machine booted, by its clock of now. */
function bootedNow(): number {
  return Date.now() / 1000 - uptime();
}

function usageTexts(): UsageTexts {
  const { t } = vscode.l10n;
  return {
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
}
