/**
 * The page of the panel of sights: a table, and a pane that explains one cell. Runs in a webview, sandboxed;
 * everything it shows comes from SightPanel.ts, as text.
 */
import './sight.css';
import { sightColumns } from '../../core/sight/sightLine';
import type { SightRequest, SightState, SightTexts } from '../../ui/views/sight/messages';
import { parseSightMessage } from '../../ui/views/sight/parseMessages';
import { ExplanationPane } from './ExplanationPane';
import { element } from '../element';
import { SightTable } from './SightTable';

declare function acquireVsCodeApi(): {
  postMessage(message: SightRequest): void;
  /** VS Code keeps it over a reload of the window. */
  setState(state: SightState): void;
};

const { state = '{}', texts: textsJson = '{}' } = document.body.dataset;
const texts = JSON.parse(textsJson) as SightTexts;
const vscode = acquireVsCodeApi();
vscode.setState(JSON.parse(state) as SightState);

const notes = element('ul', '', 'notes');
notes.setAttribute('role', 'status');
const pane = new ExplanationPane(texts, {
  act: (kind, key) => vscode.postMessage({ kind, key }),
  closed: () => table.focus(),
});
const table = new SightTable(texts, (key, column) => {
  pane.await(key, column);
  vscode.postMessage({ kind: 'explain', key, column });
});
const main = element('main');
const scroll = element('div', '', 'scroll');
scroll.append(table.element);
main.append(scroll, pane.element);
document.body.append(element('h1', texts.caption), notes, main);

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = parseSightMessage(data);
  if (message?.kind === 'table') {
    table.show(message.rows);
    pane.keep(message.rows.map(({ key }) => key));
    const said = message.rows.length + message.notes.length === 0 ? [texts.reading] : message.notes;
    if (notes.innerText !== said.join('\n'))
      notes.replaceChildren(...said.map((text) => element('li', text)));
  } else if (message) {
    pane.show(message);
    table.mark(message.key, sightColumns.indexOf(message.column));
  }
});
vscode.postMessage({ kind: 'ready' });
