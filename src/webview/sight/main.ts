/**
 * The page of the panel of sights: a table, and a pane that explains one cell. Runs in a webview, sandboxed;
 * everything it shows comes from SightPanel.ts, as text.
 */
import './sight.css';
import { sightColumns } from '../../core/sight/sightLine';
import type {
  SightMessage,
  SightRequest,
  SightState,
  SightTexts,
} from '../../ui/views/sight/messages';
import { parseSightMessage } from '../../ui/views/sight/parseMessages';
import { ExplanationPane } from './ExplanationPane';
import { element } from '../element';
import { openPage } from '../page';
import { SightTable } from './SightTable';

const { state = '{}', texts: textsJson = '{}' } = document.body.dataset;
const texts = JSON.parse(textsJson) as SightTexts;
const page = openPage<SightMessage, SightRequest, SightState>(parseSightMessage, hear);
page.keep(JSON.parse(state) as SightState);

const notes = element('ul', '', 'notes');
notes.setAttribute('role', 'status');
const pane = new ExplanationPane(texts, {
  act: (kind, key) => page.post({ kind, key }),
  closed: () => table.focus(),
});
const table = new SightTable(texts, (key, column) => {
  pane.await(key, column);
  page.post({ kind: 'explain', key, column });
});
const main = element('main');
const scroll = element('div', '', 'scroll');
scroll.append(table.element);
main.append(scroll, pane.element);
document.body.append(element('h1', texts.caption), notes, main);

function hear(message: SightMessage): void {
  if (message.kind === 'explanation') {
    pane.show(message);
    table.mark(message.key, sightColumns.indexOf(message.column));
    return;
  }
  table.show(message.rows);
  pane.keep(message.rows.map(({ key }) => key));
  const said = message.rows.length + message.notes.length === 0 ? [texts.reading] : message.notes;
  if (notes.innerText !== said.join('\n'))
    notes.replaceChildren(...said.map((text) => element('li', text)));
}
