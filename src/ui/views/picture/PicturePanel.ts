/**
 * The picture in a webview: this machine and its containers as nested boxes of namespaces. Opened by "Show Containers
 * as a Picture"; there is one for each window. Nothing is read for it while it is hidden.
 */
import * as vscode from 'vscode';
import { TerrariumError } from '../../../core/errors';
import { commandIds } from '../../commandIds';
import type { Services } from '../../services/Services';
import { pictureView } from '../pageTypes';
import { type ShownPage, showWebviewPage } from '../showWebviewPage';
import { PictureSource } from './PictureSource';
import type { PictureMessage, PictureRequest } from './messages';
import { parsePictureRequest } from './parsePictureRequest';
import { pictureTexts } from './pictureTexts';

/** Milliseconds in which changes are collected for one message. */
const calmMs = 80;
/** How long the page may take to draw a file, in milliseconds. */
const drawMs = 10_000;

let open: PicturePanel | undefined;

export class PicturePanel {
  readonly #source: PictureSource;
  readonly #page: ShownPage<PictureMessage>;
  readonly #subscriptions: vscode.Disposable[];
  #timer: NodeJS.Timeout | undefined;
  /** The last picture, as text: what is the same is not sent. */
  #sent = '';
  /** Those who wait for the page, which may be loading, to draw a file. */
  readonly #waiting = new Set<(svg: string) => void>();

  /** Shows the panel, and makes it where there is none. */
  static show(services: Services): void {
    if (open) {
      open.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      pictureView,
      vscode.l10n.t('The Picture'),
      vscode.ViewColumn.Active,
    );
    open = new PicturePanel(services, panel);
  }

  /** Fills a panel that came back with the window. */
  static restore(services: Services, panel: vscode.WebviewPanel): void {
    if (open) panel.dispose();
    else open = new PicturePanel(services, panel);
  }

  /** @throws TerrariumError `no-picture`; Error of the file system */
  static async save({ containers }: Services): Promise<void> {
    const { t } = vscode.l10n;
    if (!open)
      throw new TerrariumError(
        'no-picture',
        t('The picture is not open.'),
        t('“Show Containers as a Picture” opens it.'),
      );
    const svg = await open.#draw();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = containers.live.length === 1 ? (containers.live[0]?.name ?? '') : 'containers';
    const target = await vscode.window.showSaveDialog({
      title: t('Save the Picture as SVG'),
      filters: { SVG: ['svg'] },
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `${fileName(name)}.svg`) }),
    });
    if (target) await vscode.workspace.fs.writeFile(target, Buffer.from(svg));
  }

  private constructor(
    private readonly services: Services,
    private readonly panel: vscode.WebviewPanel,
  ) {
    this.#source = new PictureSource(services);
    const texts = pictureTexts();
    this.#page = showWebviewPage(services, panel, {
      ...{ page: 'picture', title: texts.page.title, data: { texts: JSON.stringify(texts) } },
      parse: parsePictureRequest,
      hear: (request) => this.#answer(request),
      follow: () => this.#follow(),
      closed: () => this.#close(),
    });
    this.#subscriptions = [
      this.#source,
      this.#source.onDidChange(() => this.#later()),
      services.shared.onDidChange((selected) => {
        this.#page.post({ kind: 'selected', selected });
        this.#later(); // it may be in a group
      }),
    ];
    this.#follow();
  }

  #follow(): void {
    this.#source.wake(this.#page.isSeen);
  }

  async #answer(request: PictureRequest): Promise<void> {
    switch (request.kind) {
      case 'ready':
        this.#sent = '';
        this.#send();
        if (this.#waiting.size > 0) this.#page.post({ kind: 'draw' });
        break;
      case 'chosen':
        await this.services.shared.show(request.target);
        break;
      case 'save':
        await vscode.commands.executeCommand(commandIds.savePicture);
        break;
      case 'svg':
        for (const drawn of this.#waiting) drawn(request.svg);
        break;
    }
  }

  #later(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, calmMs);
  }

  #send(): void {
    // VS Code has thrown away a page that is hidden; the next one asks.
    if (!this.panel.visible) return;
    const picture = this.#source.make();
    const text = JSON.stringify(picture);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#page.post({ kind: 'picture', picture, selected: this.services.shared.current });
  }

  /** @throws TerrariumError `no-picture` */
  #draw(): Promise<string> {
    this.panel.reveal(undefined, true);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(drawn);
        const { t } = vscode.l10n;
        reject(
          new TerrariumError(
            'no-picture',
            t('The page of the picture did not draw it in time.'),
            t('Close it, show it again, and save it then.'),
          ),
        );
      }, drawMs);
      const drawn = (svg: string) => {
        clearTimeout(timer);
        this.#waiting.delete(drawn);
        resolve(svg);
      };
      this.#waiting.add(drawn);
      this.#page.post({ kind: 'draw' });
    });
  }

  #close(): void {
    open = undefined;
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** What every file system takes. */
function fileName(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N}._-]/gu, '_')
      .replace(/^\.+/, '')
      .slice(0, 80) || 'containers'
  );
}
