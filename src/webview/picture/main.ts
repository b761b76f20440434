/**
 * The page of the picture: the machine and its containers as boxes, and the same as a table. Runs in a webview,
 * sandboxed; everything that it shows comes from PicturePanel.ts. It draws what has changed, once a frame.
 */
import './picture.css';
import type { Shape } from '../../core/picture/blocks';
import { svgFile } from '../../core/picture/drawing';
import { type Layout, layoutPicture } from '../../core/picture/layoutPicture';
import { type Meant, type Picture, isSameMeant } from '../../core/picture/Picture';
import { tableRows } from '../../core/picture/tableRows';
import type { PictureTexts } from '../../core/picture/texts';
import type { PictureAnswer, PictureMessage, PictureState } from '../../ui/views/picture/messages';
import { element } from '../element';
import { PictureTable } from './PictureTable';
import { SvgTree } from './SvgTree';
import { fileStyle, measurer, pageStyle } from './colours';

declare function acquireVsCodeApi(): {
  postMessage(message: PictureAnswer): void;
  /** VS Code keeps it over a reload of the window. */
  setState(state: PictureState): void;
  getState(): Partial<PictureState> | undefined;
};

const texts = JSON.parse(document.body.dataset.texts ?? '{}') as PictureTexts;
const vscode = acquireVsCodeApi();
let picture: Picture | undefined;
let meant: Meant | undefined;
let layout: Layout | undefined;
let measure = measurer();
let isTable = vscode.getState()?.isTable === true;
let frame: number | undefined;
/** What was selected elsewhere is scrolled to, once it is drawn. */
let mustShow = false;

document.adoptedStyleSheets.push(pageStyle());
const choose = (chosen: Meant) => vscode.postMessage({ kind: 'chosen', meant: chosen });
const tree = new SvgTree(texts.page.title, texts.page.hint, choose);
const table = new PictureTable(texts.page.title, texts.page.columns, choose);
const place = document.createElement('main');
const toggle = button(texts.page.table, () => showTable(!isTable));
const title = element('h1', texts.page.title);
const header = element('header');
header.append(
  title,
  toggle,
  button(texts.page.save, () => vscode.postMessage({ kind: 'save' })),
);
place.append(tree.element, table.element);
document.body.append(header, place);
showTable(isTable);

new ResizeObserver(() => later()).observe(place);
// VS Code writes the theme's colours and fonts into the style of the root element.
new MutationObserver(() => {
  measure = measurer();
  later();
}).observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
window.addEventListener('message', ({ data }: MessageEvent<PictureMessage>) => {
  if (data.kind === 'draw') {
    draw();
    vscode.postMessage({ kind: 'svg', svg: file() });
    return;
  }
  mustShow ||= !isSameMeant(meant, data.meant);
  ({ meant } = data);
  if (data.kind === 'picture') ({ picture } = data);
  later();
});
vscode.postMessage({ kind: 'ready' });

function later(): void {
  frame ??= requestAnimationFrame(draw);
}

function draw(): void {
  if (frame !== undefined) cancelAnimationFrame(frame);
  frame = undefined;
  if (!picture) return;
  if (isTable) table.draw(tableRows(picture, texts), meant);
  else {
    layout = layoutPicture(picture, texts, place.clientWidth, measure);
    tree.draw(layout, isMeant);
    if (mustShow) tree.show(isMeant);
  }
  mustShow = false;
}

function file(): string {
  if (!picture) return '';
  layout ??= layoutPicture(picture, texts, 1000, measure);
  const now = isTable ? layoutPicture(picture, texts, 1000, measure) : layout;
  return svgFile(now, { title: texts.page.title, ...fileStyle() }, isMeant);
}

function isMeant({ kind, meant: own }: Shape): boolean {
  return (
    (kind === 'process' || kind === 'container') && own !== undefined && isSameMeant(own, meant)
  );
}

function showTable(on: boolean): void {
  isTable = on;
  toggle.setAttribute('aria-pressed', String(on));
  table.element.hidden = !on;
  tree.element.toggleAttribute('hidden', on);
  vscode.setState({ isTable });
  later();
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = element('button', text);
  made.addEventListener('click', act);
  return made;
}
