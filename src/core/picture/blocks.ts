/**
 * Lays out nested boxes: our own few lines, because boxes in boxes that flow like words need no more. A block
 * is asked for its height at a width, and then drawn. Pure; lengths are in CSS pixels. Used by `layoutPicture`.
 */
import type { Target } from './Picture';
import { type Measure, type Pieces, type Span, fit, widthOf, wrap } from './textLines';

export type ShapeKind =
  'machine' | 'helper' | 'shared' | 'container' | 'namespaces' | 'root' | 'process' | 'group';

export interface Shape {
  readonly key: string;
  /** Key of the box that it is in. */
  readonly parent: string | undefined;
  readonly kind: ShapeKind;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PlacedLine[];
  /** From the process above to this one. */
  readonly elbow?: { readonly x: number; readonly y: number };
  /** In the tree of a screen reader; 1 is the machine. */
  readonly level: number;
  /** All that it says, for a screen reader. */
  readonly label: string;
  readonly target?: Target;
}

/** Spans side by side; `y` is the base line. Both are absolute. */
export interface PlacedLine {
  readonly x: number;
  readonly y: number;
  readonly spans: readonly Span[];
}

export interface Context {
  readonly measure: Measure;
  readonly shapes: Shape[];
}

export interface Block {
  /** What it takes where there is room. */
  readonly natural: number;
  /** With less it, or something in it, cannot be drawn. */
  readonly least: number;
  height(width: number): number;
  /** @param elbow where the line from the process above begins */
  draw(at: Area, inside: Inside, elbow?: Shape['elbow']): void;
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Inside {
  readonly parent: string | undefined;
  readonly level: number;
}

const lineHeight = 18;
const pillHeight = 26;
export const gap = 8;
const padding = 12;
/** From the top of a line to its base line. */
const ascent = 13;
const indent = 22;
const mostStretch = 1.6;
/** Of a pill: some letters of a name. */
const leastPill = 64;

const leastOf = (blocks: readonly Block[]) => Math.max(0, ...blocks.map(({ least }) => least));

/** What of a shape does not depend on where it is. */
export type Look = Pick<Shape, 'key' | 'kind' | 'label' | 'target'>;

/** A process or a group: one line with round ends. */
export class Pill implements Block {
  readonly natural: number;
  readonly least = leastPill;

  constructor(
    private readonly context: Context,
    private readonly look: Look,
    private readonly spans: readonly Span[],
  ) {
    this.natural = widthOf(spans, context.measure) + pillHeight;
  }

  height(): number {
    return pillHeight;
  }

  draw({ x, y, width }: Area, inside: Inside, elbow?: Shape['elbow']): void {
    const { measure, shapes } = this.context;
    const own = Math.min(width, this.natural);
    const spans = fit(this.spans, own - pillHeight, measure);
    const line = { x: x + pillHeight / 2, y: y + 17, spans };
    const place = { x, y, width: own, height: pillHeight, lines: [line] };
    shapes.push({ ...this.look, ...inside, ...place, ...(elbow && { elbow }) });
  }
}

/** A process with those below it. */
export class Branch implements Block {
  readonly natural: number;
  readonly least: number;

  constructor(
    private readonly pill: Pill,
    private readonly below: readonly Block[],
  ) {
    this.natural = Math.max(pill.natural, ...below.map(({ natural }) => natural + indent));
    this.least = Math.max(pill.least, leastOf(below) + indent);
  }

  height(width: number): number {
    return this.below.reduce((sum, one) => sum + gap + one.height(width - indent), pillHeight);
  }

  draw({ x, y, width }: Area, inside: Inside, elbow?: Shape['elbow']): void {
    this.pill.draw({ x, y, width, height: pillHeight }, inside, elbow);
    let top = y + pillHeight;
    for (const one of this.below) {
      const height = one.height(width - indent);
      const from = { x: x + indent / 2, y: y + pillHeight };
      const at = { x: x + indent, y: top + gap, width: width - indent, height };
      const below = { ...inside, level: inside.level + 1 };
      one.draw(at, below, from);
      top += gap + height;
    }
  }
}

/** Blocks one below the other. */
export class Column implements Block {
  readonly natural: number;
  readonly least: number;

  constructor(private readonly blocks: readonly Block[]) {
    this.natural = Math.max(0, ...blocks.map(({ natural }) => natural));
    this.least = leastOf(blocks);
  }

  height(width: number): number {
    const sum = this.blocks.reduce((all, one) => all + gap + one.height(width), 0);
    return Math.max(0, sum - gap);
  }

  draw({ x, y, width }: Area, inside: Inside): void {
    let top = y;
    for (const one of this.blocks) {
      const height = one.height(width);
      one.draw({ x, y: top, width, height }, inside);
      top += height + gap;
    }
  }
}

/** Blocks side by side, as many in a row as fit; those in a row are as high as the highest. */
export class Flow implements Block {
  readonly natural: number;
  readonly least: number;

  constructor(
    private readonly blocks: readonly Block[],
    private readonly between = 2 * gap,
  ) {
    this.natural = blocks.reduce((sum, { natural }) => sum + natural + between, -between);
    this.least = leastOf(blocks);
  }

  height(width: number): number {
    const sum = this.#rows(width).reduce((all, { height }) => all + height + this.between, 0);
    return Math.max(0, sum - this.between);
  }

  draw({ x, y, width }: Area, inside: Inside): void {
    let top = y;
    for (const { blocks, height } of this.#rows(width)) {
      let left = x;
      for (const { block, width: own } of blocks) {
        block.draw({ x: left, y: top, width: own, height }, inside);
        left += own + this.between;
      }
      top += height + this.between;
    }
  }

  /** To the width of all, where that is not much more: rows below each other look ragged. */
  #stretch(row: FlowRow, width: number): void {
    const between = this.between * (row.blocks.length - 1);
    const factor = (width - between) / (row.used - between);
    if (factor > mostStretch) return;
    for (const one of row.blocks) one.width *= factor;
    row.height = Math.max(...row.blocks.map((one) => one.block.height(one.width)));
  }

  #rows(width: number): FlowRow[] {
    const rows: FlowRow[] = [];
    for (const block of this.blocks) {
      const own = Math.min(block.natural, width);
      const height = block.height(own);
      const row = rows.at(-1);
      if (row && row.used + this.between + own <= width) {
        row.blocks.push({ block, width: own });
        row.height = Math.max(row.height, height);
        row.used += this.between + own;
      } else rows.push({ blocks: [{ block, width: own }], height, used: own });
    }
    if (rows.length > 1) for (const row of rows) this.#stretch(row, width);
    return rows;
  }
}

interface FlowRow {
  readonly blocks: { readonly block: Block; width: number }[];
  height: number;
  used: number;
}

export interface BoxParts {
  /** Rows of pieces above what is in it, and below. */
  readonly header: readonly Pieces[];
  readonly content?: Block | undefined;
  readonly footer?: readonly Pieces[];
  /** Natural width at least. */
  readonly least?: number;
}

export class Box implements Block {
  readonly natural: number;
  readonly least: number;

  constructor(
    private readonly context: Context,
    private readonly look: Look,
    private readonly parts: BoxParts,
  ) {
    const { measure } = context;
    const rows = [...parts.header, ...(parts.footer ?? [])];
    const widths = rows.map((pieces) =>
      Math.min(360, widthOf(wrap(pieces, Infinity, measure)[0] ?? [], measure)),
    );
    this.natural = Math.max(parts.least ?? 0, parts.content?.natural ?? 0, ...widths) + 2 * padding;
    this.least = (parts.content?.least ?? leastPill) + 2 * padding;
  }

  height(width: number): number {
    const inner = width - 2 * padding;
    const lines = this.#lines(this.parts.header, inner).length;
    const below = this.#lines(this.parts.footer ?? [], inner).length;
    const content = this.parts.content?.height(inner) ?? 0;
    const gaps = content > 0 ? Number(lines > 0) + Number(below > 0) : 0;
    return 2 * padding + lineHeight * (lines + below) + content + gap * gaps;
  }

  draw({ x, y, width, height }: Area, inside: Inside, elbow?: Shape['elbow']): void {
    const inner = width - 2 * padding;
    const header = this.#lines(this.parts.header, inner);
    const footer = this.#lines(this.parts.footer ?? [], inner);
    const left = x + padding;
    const bottom = y + height - padding - footer.length * lineHeight;
    const lines = [
      ...header.map((spans, at) => ({ x: left, y: y + padding + at * lineHeight + ascent, spans })),
      ...footer.map((spans, at) => ({ x: left, y: bottom + at * lineHeight + ascent, spans })),
    ];
    const place = { x, y, width, height, lines };
    this.context.shapes.push({ ...this.look, ...inside, ...place, ...(elbow && { elbow }) });
    const top = y + padding + header.length * lineHeight + (header.length > 0 ? gap : 0);
    const { content } = this.parts;
    content?.draw(
      { x: left, y: top, width: inner, height: content.height(inner) },
      { parent: this.look.key, level: inside.level + 1 },
    );
  }

  #lines(rows: readonly Pieces[], width: number): Span[][] {
    return rows.flatMap((pieces) => wrap(pieces, width, this.context.measure));
  }
}
