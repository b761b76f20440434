/** The HTML of a page in a webview: nothing but its own script and style may load. Used by the panels. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface WebviewPage {
  readonly webview: vscode.Webview;
  /** `dist/webview`. */
  readonly root: vscode.Uri;
  /** Its folder in `src/webview`. */
  readonly page: string;
  readonly title: string;
  /** Data attributes of the body. */
  readonly data: Readonly<Record<string, string>>;
}

export function webviewPage({ webview, root, page, title, data }: WebviewPage): string {
  const nonce = randomBytes(16).toString('hex');
  const file = (name: string) => attribute(webview.asWebviewUri(vscode.Uri.joinPath(root, name)));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  const attributes = Object.entries(data).map(
    ([name, text]) => `data-${name}="${attribute(text)}"`,
  );
  return `<!DOCTYPE html>
<html lang="${attribute(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file(`${page}.css`)}">
<title>${attribute(title)}</title>
</head>
<body ${attributes.join(' ')}>
<script nonce="${nonce}" src="${file(`${page}.js`)}"></script>
</body>
</html>`;
}

/** For a panel without a readable saved state. */
export function lostWebviewPage(text: string): string {
  return `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><p>${attribute(text)}</p>`;
}

/** Escapes text for an HTML attribute or element. */
function attribute(text: { toString(): string }): string {
  return text.toString().replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
