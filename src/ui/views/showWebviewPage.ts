/**
 * A page of ours (`src/webview`) in a panel: its HTML, its messages, and its return with the window.
 * Nothing but its own script and style may load. Used by the panels.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Services } from '../services/Services';
import { showError } from '../showError';

export interface WebviewPage<Request> {
  /** Its folder in `src/webview`. */
  readonly page: string;
  readonly title: string;
  /** Data attributes of the body. */
  readonly data: Readonly<Record<string, string>>;
  /** @returns undefined for what the page does not send */
  readonly parse: (message: unknown) => Request | undefined;
  /** What it throws is shown. */
  readonly hear: (request: Request) => void | Promise<void>;
  /** Called when the page may be seen no more, or again, and when a container starts or ends. */
  readonly follow: () => void;
  readonly closed: () => void;
}

export interface ShownPage<Message> {
  /** Somebody may look at it. */
  readonly isSeen: boolean;
  post(message: Message): void;
}

type Used = Pick<Services, 'attention' | 'containers' | 'context' | 'helpers' | 'log'>;

/** Loads a page into a panel. */
export function showWebviewPage<Request, Message>(
  services: Used,
  panel: vscode.WebviewPanel,
  page: WebviewPage<Request>,
): ShownPage<Message> {
  const { webview } = panel;
  const root = vscode.Uri.joinPath(services.context.extensionUri, 'dist/webview');
  const hear = async (message: unknown) => {
    const request = page.parse(message);
    if (request !== undefined) await page.hear(request);
  };
  const subscriptions = [
    webview.onDidReceiveMessage((message: unknown) => {
      hear(message).catch((error: unknown) => void showError(services, error));
    }),
    panel.onDidChangeViewState(page.follow),
    services.attention.onDidChange(page.follow),
    services.containers.onDidChange(page.follow),
  ];
  panel.onDidDispose(() => {
    for (const subscription of subscriptions) subscription.dispose();
    page.closed();
  });
  webview.options = { enableScripts: true, localResourceRoots: [root] };
  webview.html = htmlOf(webview, root, page);
  services.context.subscriptions.push(panel);
  return {
    get isSeen() {
      return panel.visible && services.attention.isSeen;
    },
    post: (message) => void webview.postMessage(message),
  };
}

/** A panel of ours that VS Code brings back with the window. */
export interface RestoredPage<State> {
  /** @returns undefined for what a page of ours does not keep */
  readonly parse: (state: unknown) => State | undefined;
  /** Stands in a page without a state that can be read. */
  readonly lost: string;
  readonly fill: (panel: vscode.WebviewPanel, state: State) => void | Promise<void>;
}

/** Fills a panel, once the containers that run are known. */
export async function restoreWebviewPage<State>(
  { containers, helpers }: Used,
  panel: vscode.WebviewPanel,
  kept: unknown,
  { parse, lost, fill }: RestoredPage<State>,
): Promise<void> {
  const state = parse(kept);
  if (state === undefined) {
    panel.webview.html = `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p>${escaped(lost)}</p>`;
    return;
  }
  await containers.ready();
  await helpers.connectExisting();
  await fill(panel, state);
}

function htmlOf<Request>(
  webview: vscode.Webview,
  root: vscode.Uri,
  { page, title, data }: WebviewPage<Request>,
): string {
  const nonce = randomBytes(16).toString('hex');
  const file = (name: string) => escaped(webview.asWebviewUri(vscode.Uri.joinPath(root, name)));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const attributes = Object.entries(data).map(([name, text]) => `data-${name}="${escaped(text)}"`);
  return `<!DOCTYPE html>
<html lang="${escaped(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file(`${page}.css`)}">
<title>${escaped(title)}</title>
</head>
<body ${attributes.join(' ')}>
<script nonce="${nonce}" src="${file(`${page}.js`)}"></script>
</body>
</html>`;
}

/** For an HTML attribute or element. */
function escaped(text: { toString(): string }): string {
  return text.toString().replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
