/** The shapes as SVG, for the page and for a file: elements as data, and the style that both have. Pure. */
import type { PlacedLine, Shape } from './blocks';
import type { Layout } from './layoutPicture';
import type { Font, Role } from './textLines';

export interface SvgNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (SvgNode | string)[];
}

/** For the colours: what a shape or a text is. */
export type ColourName = Role | 'background' | 'frame' | 'focus';

const fontSizes: Readonly<Record<Font, number>> = { normal: 13, bold: 13, small: 12 };

/** Of a text, in CSS pixels. */
export function fontOf(font: Font, family: string): string {
  return `${font === 'bold' ? '600 ' : ''}${fontSizes[font]}px ${family}`;
}

export function shapeNodes(shape: Shape): SvgNode[] {
  const { kind, x, y, width, height, elbow, lines } = shape;
  const isPill = kind === 'process' || kind === 'group' || kind === 'helper';
  const radius = isPill ? height / 2 : 8;
  const middle = y + Math.min(height, 26) / 2;
  return [
    ...(elbow
      ? [node('path', { class: 'elbow', d: `M${elbow.x} ${elbow.y}V${middle}H${x}` })]
      : []),
    node('rect', { ...numbers({ x, y, width, height, rx: radius }), class: 'frame' }),
    ...lines.map(lineNode),
  ];
}

function lineNode({ x, y, spans }: PlacedLine): SvgNode {
  return node(
    'text',
    { ...numbers({ x, y }), 'xml:space': 'preserve' },
    spans.map(({ text, role, font }) => node('tspan', { class: `${role} ${font}` }, [text])),
  );
}

/** The rules of both. @param colour what CSS takes for a colour */
export function styleRules(colour: (name: ColourName) => string, family: string): string {
  const roles: Role[] = ['text', 'muted', 'namespace', 'root', 'shared', 'leak'];
  const fonts: Font[] = ['normal', 'bold', 'small'];
  const frame = (kind: string, name: ColourName, share: number) =>
    `.${kind}>.frame{stroke:${colour(name)};fill:${colour(name)};fill-opacity:${share / 100}}`;
  return [
    `text{font-family:${family}}`,
    ...roles.map((role) => `.${role}{fill:${colour(role)}}`),
    ...fonts.map(
      (font) =>
        `.${font}{font-size:${fontSizes[font]}px;font-weight:${font === 'bold' ? 600 : 400}}`,
    ),
    `.frame{stroke-width:1;fill:none}`,
    `.elbow{stroke:${colour('frame')};fill:none}`,
    frame('machine', 'frame', 5),
    frame('helper', 'frame', 8),
    frame('container', 'namespace', 8),
    frame('namespaces', 'namespace', 12),
    frame('root', 'root', 8),
    frame('process', 'muted', 10),
    frame('group', 'muted', 0),
    `.group>.frame{stroke-dasharray:2 3}`,
    `.shared>.frame{stroke:${colour('shared')};stroke-dasharray:6 4;fill:none}`,
    `.selected>.frame{stroke:${colour('focus')};stroke-width:2.5}`,
  ].join('\n');
}

/** The classes of a shape. */
export function classOf({ kind }: Pick<Shape, 'kind'>, isSelected: boolean): string {
  return isSelected ? `${kind} selected` : kind;
}

/**
 * A file of its own: nothing outside of it is needed.
 * @param style of `styleRules`, with the colours that they have now
 * @param isSelected whether a shape is selected
 */
export function svgFile(
  { shapes, width, height }: Layout,
  about: { title: string; style: string; background: string },
  isSelected: (shape: Shape) => boolean,
): string {
  const margin = 16;
  const box = [-margin, -margin, width + 2 * margin, height + 2 * margin];
  const whole = node(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...numbers({ width: box[2]!, height: box[3]! }),
      viewBox: box.join(' '),
      role: 'img',
    },
    [
      node('title', {}, [about.title]),
      node('style', {}, [about.style]),
      node('rect', {
        ...numbers({ x: -margin, y: -margin, width: box[2]!, height: box[3]! }),
        style: `fill:${about.background}`,
      }),
      ...shapes.map((shape) =>
        node('g', { class: classOf(shape, isSelected(shape)) }, [
          node('title', {}, [shape.label]),
          ...shapeNodes(shape),
        ]),
      ),
    ],
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serialize(whole)}\n`;
}

export function serialize({ tag, attributes, children }: SvgNode): string {
  const said = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  const inner = children.map((one) => (typeof one === 'string' ? escapeXml(one) : serialize(one)));
  return `<${tag}${said.join('')}>${inner.join('')}</${tag}>`;
}

/** Also replaces what no XML 1.0 document may hold. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // eslint-disable-next-line no-control-regex
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

function node(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  children: SvgNode['children'] = [],
): SvgNode {
  return { tag, attributes, children };
}

/** To a hundredth of a pixel. */
function numbers(values: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, String(Math.round(value * 100) / 100)]),
  );
}
