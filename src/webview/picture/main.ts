/**
 * The page of the picture: the machine and its containers as boxes, and the same as a table. Runs in a webview,
 * sandboxed; everything that it shows comes from PicturePanel.ts. It draws what has changed, once a frame.
 */
import './picture.css';
import type { Shape } from '../../core/picture/blocks';
import { svgFile } from '../../core/picture/drawing';
import { type Layout, layoutPicture } from '../../core/picture/layoutPicture';
import { type Target, type Picture, isSameTarget } from '../../core/picture/Picture';
import { tableRows } from '../../core/picture/tableRows';
import type { PictureTexts } from '../../core/picture/texts';
import type { PictureMessage, PictureRequest, PictureState } from '../../ui/views/picture/messages';
import { parsePictureMessage, parsePictureState } from '../../ui/views/picture/parsePictureMessage';
import { button, element } from '../element';
import { openPage } from '../page';
import { PictureTable } from './PictureTable';
import { SvgTree } from './SvgTree';
import { fileStyle, measurer, pageStyle } from './colours';

const texts = JSON.parse(document.body.dataset.texts ?? '{}') as PictureTexts;
let picture: Picture | undefined;
let selected: Target | undefined;
let layout: Layout | undefined;
let measure = measurer();
const page = openPage<PictureMessage, PictureRequest, PictureState>(parsePictureMessage, hear);
let isTable = parsePictureState(page.kept)?.isTable === true;
let frame: number | undefined;
/** What was selected elsewhere is scrolled to, once it is drawn. */
let mustShow = false;

document.adoptedStyleSheets.push(pageStyle());
const choose = (target: Target) => page.post({ kind: 'chosen', target });
const tree = new SvgTree(texts.page.title, texts.page.hint, choose);
const table = new PictureTable(texts.page.title, texts.page.columns, choose);
const place = document.createElement('main');
const toggle = button(texts.page.table, () => showTable(!isTable));
const title = element('h1', texts.page.title);
const header = element('header');
header.append(
  title,
  toggle,
  button(texts.page.save, () => page.post({ kind: 'save' })),
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
function hear(message: PictureMessage): void {
  if (message.kind === 'draw') {
    draw();
    page.post({ kind: 'svg', svg: file() });
    return;
  }
  mustShow ||= !isSameTarget(selected, message.selected);
  ({ selected } = message);
  if (message.kind === 'picture') ({ picture } = message);
  later();
}

function later(): void {
  frame ??= requestAnimationFrame(draw);
}

function draw(): void {
  if (frame !== undefined) cancelAnimationFrame(frame);
  frame = undefined;
  if (!picture) return;
  if (isTable) table.draw(tableRows(picture, texts), selected);
  else {
    layout = layoutPicture(picture, texts, place.clientWidth, measure);
    tree.draw(layout, isSelected);
    if (mustShow) tree.show(isSelected);
  }
  mustShow = false;
}

function file(): string {
  if (!picture) return '';
  layout ??= layoutPicture(picture, texts, 1000, measure);
  const now = isTable ? layoutPicture(picture, texts, 1000, measure) : layout;
  return svgFile(now, { title: texts.page.title, ...fileStyle() }, isSelected);
}

function isSelected({ kind, target }: Shape): boolean {
  return (
    (kind === 'process' || kind === 'container') &&
    target !== undefined &&
    isSameTarget(target, selected)
  );
}

function showTable(on: boolean): void {
  isTable = on;
  toggle.setAttribute('aria-pressed', String(on));
  table.element.hidden = !on;
  tree.element.toggleAttribute('hidden', on);
  page.keep({ isTable });
  later();
}
