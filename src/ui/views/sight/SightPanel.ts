/**
 * What each process of a container sees, as a table in a webview. Opened by "What Each Process Sees" and
 * "What This Process Sees". The helper reads only while it is visible. After "Reload Window" it comes back
 * from the page's state, which VS Code keeps.
 */
import * as vscode from 'vscode';
import type { ContainerInfo } from '../../../protocol/container';
import { groupAlike } from '../../../core/sight/groupAlike';
import { type SightColumn, type SightLine, sightColumns } from '../../../core/sight/sightLine';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { SightWatch, type ToldOfSights } from '../../services/SightWatch';
import type { Services } from '../../services/Services';
import { commandIds } from '../../commandIds';
import type { ProcessRow } from '../../model/rows';
import { sightView } from '../pageTypes';
import { type ShownPage, showWebviewPage } from '../showWebviewPage';
import type { SightMessage, SightRequest, SightState, SightTexts } from './messages';
import { parseSightRequest } from './parseMessages';
import { type SightContext, contextOf } from './SightContext';
import { columnText } from './columnText';
import { explainCell } from './explainCell';
import { tableNotes, tableRows } from './tableText';

/** The page is drawn anew this often at most, in milliseconds. */
const everyMs = 250;
/** The PID namespace that the kernel begins with: PROC_PID_INIT_INO of linux/proc_ns.h. */
const firstPidNamespace = '4026531836';

/** What is shown → its panel. */
const open = new Map<string, SightPanel>();

export class SightPanel {
  readonly #page: ShownPage<SightMessage>;
  #watch: SightWatch | undefined;
  /** What the page has, while it is there. */
  #lines: readonly SightLine[] = [];
  #context: SightContext | undefined;
  #asked: { readonly key: string; readonly column: SightColumn } | undefined;
  #said = { table: '', explanation: '' };
  #timer: NodeJS.Timeout | undefined;

  /** Shows a panel, and makes it where there is none. */
  static async show(services: Services, about: SightState): Promise<void> {
    const viewer = await viewerPid();
    const known = open.get(keyOf(about));
    if (known) {
      known.panel.reveal();
      return;
    }
    new SightPanel(
      services,
      vscode.window.createWebviewPanel(sightView, titleOf(about), vscode.ViewColumn.Active),
      about,
      viewer,
    );
  }

  /** Fills a panel that came back with the window. */
  static async restore(
    services: Services,
    panel: vscode.WebviewPanel,
    about: SightState,
  ): Promise<void> {
    const viewer = await viewerPid();
    if (open.has(keyOf(about))) panel.dispose();
    else new SightPanel(services, panel, about, viewer);
  }

  private constructor(
    private readonly services: Services,
    private readonly panel: vscode.WebviewPanel,
    private readonly about: SightState,
    private readonly viewer: number,
  ) {
    open.set(keyOf(about), this);
    this.#page = showWebviewPage(services, panel, {
      ...{ page: 'sight', title: titleOf(about), parse: parseSightRequest },
      data: { state: JSON.stringify(about), texts: JSON.stringify(textsOf(about)) },
      hear: (request) => this.#answer(request),
      follow: () => this.#follow(),
      closed: () => this.#close(),
    });
    this.#follow();
  }

  get #info() {
    const container = this.services.containers.byId(this.about.id);
    if (container?.state !== 'running' || !container.info) return undefined;
    // Where the helper is gone, so is the container, of which the store hears a moment later.
    return this.services.helpers.get(container.info.privilege) && container.info;
  }

  #follow(): void {
    const info = this.#info;
    const wanted = info && this.#page.isSeen;
    if (!wanted) {
      this.#watch?.dispose();
      this.#watch = undefined;
    } else this.#watch ??= this.#begin(info);
    this.#soon();
  }

  #begin(info: ContainerInfo): SightWatch {
    const { pid, startTime } = this.about.only ?? {};
    const only = pid === undefined || startTime === undefined ? undefined : { pid, startTime };
    return new SightWatch(this.services, info, only, this.viewer, () => this.#soon());
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, everyMs);
  }

  #draw(): void {
    const { t } = vscode.l10n;
    const info = this.#info;
    if (info && !this.#watch) return; // hidden: the last rows stay until it is seen again
    const told: ToldOfSights = this.#watch?.told ?? { left: 0, unread: 0 };
    const { lines, left } = groupAlike(info && !told.gone ? (this.#watch?.seen ?? []) : []);
    this.#lines = lines;
    this.#context = contextOf(info?.engine ?? 'builtin', lines);
    const helper = lines.find(({ row }) => row.role === 'helper')?.snapshot;
    const pidNamespace = helper?.namespaces.find(({ type }) => type === 'pid')?.inode;
    const notes = !info
      ? [t('The container does not run. The table comes back when it does.')]
      : told.gone
        ? [t('The process has ended.')]
        : tableNotes(
            {
              ...{ left: told.left + left, unread: told.unread },
              blocking: (told.blocking ?? []).map(({ hostPid, since }) => ({
                hostPid,
                since: new Date(since).toLocaleTimeString(vscode.env.language),
              })),
              readsNothing: told.readsNothing === true,
              viewerElsewhere: told.viewerElsewhere === true,
              error: told.error && escapeControlCharacters(told.error),
              isMachineInside: pidNamespace !== undefined && pidNamespace !== firstPidNamespace,
              hasUntold: lines.some(({ snapshot }) => snapshot.untold.length > 0),
              isRootless: info.privilege === 'rootless',
            },
            t,
          );
    this.#post('table', {
      kind: 'table',
      rows: tableRows(lines, this.#context, t),
      notes,
    });
    this.#explain();
  }

  /** Of the cell that was asked about last. */
  #explain(): void {
    if (!this.#asked || !this.#context) return;
    const { key, column } = this.#asked;
    const found = explainCell(key, column, this.#lines, this.#context, vscode.l10n.t);
    if (!found) return;
    const isInside = this.#processOf(key) !== undefined;
    this.#post('explanation', { kind: 'explanation', key, column, ...found, isInside });
  }

  #processOf(key: string): ProcessRow | undefined {
    const { process } = this.#lines.find(({ row }) => row.key === key)?.row ?? {};
    return process && { kind: 'process', containerId: this.about.id, key: process.key };
  }

  async #answer(request: SightRequest): Promise<void> {
    switch (request.kind) {
      case 'ready':
        this.#said = { table: '', explanation: '' };
        this.#draw();
        return;
      case 'explain':
        this.#asked = request;
        this.#said.explanation = '';
        this.#explain();
        return;
      case 'inspect':
      case 'reveal': {
        const row = this.#processOf(request.key);
        if (!row) return;
        if (request.kind === 'inspect')
          await vscode.commands.executeCommand(commandIds.inspectProcess, row);
        else await this.services.reveal.process?.(row);
      }
    }
  }

  /** Nothing is sent twice. */
  #post(part: 'table' | 'explanation', message: SightMessage): void {
    const text = JSON.stringify(message);
    if (this.#said[part] === text || !this.panel.visible) return;
    this.#said[part] = text;
    this.#page.post(message);
  }

  #close(): void {
    open.delete(keyOf(this.about));
    clearTimeout(this.#timer);
    this.#watch?.dispose();
  }
}

/** The shell of the terminal in front, where VS Code runs one; else this process. Of a Pseudoterminal VS Code says -1. */
async function viewerPid(): Promise<number> {
  const shell = (await vscode.window.activeTerminal?.processId) ?? 0;
  return shell > 0 ? shell : process.pid;
}

const keyOf = ({ id, only }: SightState) => `${id} ${only?.pid ?? ''} ${only?.startTime ?? ''}`;

function titleOf({ name, only }: SightState): string {
  return only
    ? vscode.l10n.t(
        'What {0} ({1}) Sees: {2}',
        escapeControlCharacters(only.name),
        only.pid,
        escapeControlCharacters(name),
      )
    : vscode.l10n.t('What Each Process Sees: {0}', escapeControlCharacters(name));
}

function textsOf(about: SightState): SightTexts {
  const { t } = vscode.l10n;
  return {
    caption: titleOf(about),
    hint: t('Arrow keys move from cell to cell. Enter or a click explains one.'),
    columns: sightColumns.map((column) => columnText(column, t).title),
    explanation: t('Explanation'),
    nothingChosen: t('Choose a cell to have it explained.'),
    inspect: t('Inspect Process'),
    reveal: t('Show in Processes'),
    reading: t('Being read…'),
  };
}
