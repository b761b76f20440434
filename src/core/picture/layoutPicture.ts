/** Where everything in the picture stands. Pure: the page measures texts and draws the shapes. */
import { namespaceTypes } from '../../protocol/namespaces';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { type Block, Box, Branch, Column, type Context, Flow, Pill, type Shape } from './blocks';
import { type Frame, framesOf } from './frames';
import type * as p from './Picture';
import type { Font, Measure, Pieces, Role, Span } from './textLines';
import { type PictureTexts, fill, listed, namesOf } from './texts';

/** Characters of a name: what is cut is in the Processes view. */
const maxName = 60;

export interface Layout {
  /** Boxes before what is in them. */
  readonly shapes: readonly Shape[];
  readonly width: number;
  readonly height: number;
}

/** @param width of the panel, which the picture fills; it is wider where deep boxes need more @param measure width of a text */
export function layoutPicture(
  picture: p.Picture,
  texts: PictureTexts,
  width: number,
  measure: Measure,
): Layout {
  const context: Context = { measure, shapes: [] };
  const machine = new PictureBlocks(picture, texts, context).machine();
  const own = Math.max(160, width, machine.least + 1);
  // Half a line outside of the machine is left for its frame.
  const inner = own - 1;
  const height = machine.height(inner);
  machine.draw({ x: 0.5, y: 0.5, width: inner, height }, { parent: undefined, level: 1 });
  return { shapes: context.shapes, width: own, height: height + 1 };
}

/** Visible, in one line, and not endless. */
export function shownName(raw: string): string {
  const shown = escapeControlCharacters(raw.slice(0, maxName * 4));
  return shown.length > maxName || raw.length > maxName * 4
    ? `${shown.slice(0, maxName - 1)}…`
    : shown;
}

const span = (text: string, role: Role, font: Font = 'small'): Span => ({ text, role, font });

class PictureBlocks {
  readonly #names: ReadonlyMap<string, string>;
  /** Of this machine, for every container. */
  readonly #ofAll: ReadonlySet<string>;

  constructor(
    private readonly picture: p.Picture,
    private readonly texts: PictureTexts,
    private readonly context: Context,
  ) {
    const { containers } = picture;
    this.#names = new Map(containers.map(({ id, name }) => [id, shownName(name)]));
    this.#ofAll = new Set(
      namespaceTypes.filter(
        (type) =>
          containers.length > 0 && containers.every(({ machine }) => machine.includes(type)),
      ),
    );
  }

  machine(): Block {
    const { picture, texts } = this;
    const { containers, shared, left, helpers } = picture;
    const frames = framesOf(
      containers.map(({ id }) => id),
      shared,
    );
    const byId = new Map(containers.map((one) => [one.id, one]));
    const blockOf = (member: string | Frame): Block =>
      typeof member === 'string'
        ? this.#container(byId.get(member)!)
        : this.#frame(member, blockOf);
    const notes: Span[] = [
      ...(left > 0 ? [span(fill(texts.left, left), 'muted')] : []),
      ...(containers.length === 0 ? [span(texts.nothing, 'muted')] : []),
    ];
    const ofAll = namesOf(
      namespaceTypes.filter((type) => this.#ofAll.has(type)),
      texts,
    );
    const host = shownName(picture.hostname);
    const content = new Column([
      ...(helpers.length > 0
        ? [
            new Flow(
              helpers.map((one) => this.#helper(one)),
              8,
            ),
          ]
        : []),
      ...(frames.length > 0 ? [new Flow(frames.map(blockOf))] : []),
    ]);
    const second = [
      span(host, 'muted'),
      ...(ofAll.length > 0 ? [span(fill(texts.sharedWithAll, ofAll.join(', ')), 'leak')] : []),
      ...notes,
    ];
    return new Box(
      this.context,
      {
        key: 'machine',
        kind: 'machine',
        label: [texts.machine, ...second.map(({ text }) => text)].join(', '),
      },
      {
        header: [[span(texts.machine, 'text', 'bold')], second],
        content: helpers.length + frames.length > 0 ? content : undefined,
        footer: [texts.legend.map(({ text, role }) => span(text, role))],
      },
    );
  }

  #helper({ pid, privilege }: p.PictureHelper): Block {
    const { helper, root, you } = this.texts;
    const who = privilege === 'root' ? root : you;
    return new Pill(
      this.context,
      { key: `helper:${privilege}`, kind: 'helper', label: `${helper}, ${pid}, ${who}` },
      [span(helper, 'text', 'normal'), span(` ${pid} · ${who}`, 'muted')],
    );
  }

  #frame({ shared, members }: Frame, blockOf: (member: string | Frame) => Block): Block {
    const { texts } = this;
    const lines = shared.map(({ type, containers }) =>
      fill(
        texts.sharedBy,
        texts.namespaces[type],
        listed(
          containers.map((id) => this.#names.get(id) ?? ''),
          texts,
        ),
      ),
    );
    const key = `shared:${shared.map(({ type, containers }) => `${type} ${containers.join()}`).join()}`;
    return new Box(
      this.context,
      { key, kind: 'shared', label: lines.join(', ') },
      {
        header: [],
        content: new Flow(members.map(blockOf)),
        footer: lines.map((line) => [span(line, 'shared')]),
      },
    );
  }

  #container(container: p.PictureContainer): Block {
    const { texts } = this;
    const { id, isPaused, processes, own, machine, root, items } = container;
    const leaks = machine.filter((type) => !this.#ofAll.has(type));
    const count = processes === 1 ? texts.oneProcess : fill(texts.processes, processes);
    const title = [
      span(this.#names.get(id) ?? '', 'namespace', 'bold'),
      span(count, 'muted'),
      ...(isPaused ? [span(texts.paused, 'leak')] : []),
    ];
    const rows = [title, ...this.#placeRows({ own, machine: leaks, ...(root && { root }) })];
    return new Box(
      this.context,
      {
        key: `container:${id}`,
        kind: 'container',
        label: wordsOf(rows),
        target: { containerId: id },
      },
      { header: rows, content: this.#items(items, id), least: 200 },
    );
  }

  #placeRows({ own, machine, root }: p.PicturePlace): Pieces[] {
    const { texts } = this;
    const row = (text: string, names: readonly string[], role: Role): Pieces[] => {
      const [first, ...others] = names;
      return first === undefined
        ? []
        : [[span(fill(text, first), 'muted'), ...others.map((name) => span(name, role))]];
    };
    return [
      ...row(texts.own, namesOf(own, texts), 'muted'),
      ...(machine.length > 0
        ? [[span(fill(texts.ofMachine, namesOf(machine, texts).join(', ')), 'leak')]]
        : []),
      ...(root ? [this.#rootRow(root)] : []),
    ];
  }

  #rootRow({ kind, path }: p.PictureRoot): Pieces {
    const { rootOf, wayOut, noWayBack } = this.texts;
    const name = span(fill(rootOf[kind], shownName(path)), kind === 'machine' ? 'leak' : 'root');
    if (kind === 'machine') return [name];
    return [name, kind === 'chroot' ? span(wayOut, 'leak') : span(noWayBack, 'root')];
  }

  #items(items: readonly p.PictureItem[], id: string): Block | undefined {
    return items.length === 0 ? undefined : new Column(items.map((item) => this.#item(item, id)));
  }

  #item(item: p.PictureItem, id: string): Block {
    switch (item.kind) {
      case 'process':
        return this.#process(item, id);
      case 'group':
        return this.#group(item, id);
      case 'box':
        return this.#box(item, id);
    }
  }

  #process({ key, name, pid, hostPid, mark, items }: p.PictureProcess, id: string): Block {
    const { processLabel, marks } = this.texts;
    const shown = shownName(name);
    const said = mark && marks[mark];
    const words = [fill(processLabel, shown, pid, hostPid), ...(said ? [said] : [])].join(', ');
    const pill = new Pill(
      this.context,
      {
        ...{ key: `process:${id}:${key}`, kind: 'process', label: words },
        target: { containerId: id, key },
      },
      [
        span(shown, 'text', 'normal'),
        span(` ${pid}`, 'root', 'bold'),
        span(` · ${hostPid}`, 'muted', 'normal'),
        ...(said ? [span(` · ${said}`, mark === 'session' ? 'muted' : 'leak')] : []),
      ],
    );
    return new Branch(
      pill,
      items.map((item) => this.#item(item, id)),
    );
  }

  #group({ key, count, isAlike, hasMore, first }: p.PictureGroup, id: string): Block {
    const { alike, others, withMore } = this.texts;
    const text = fill(isAlike ? alike : others, count);
    const shown = hasMore ? fill(withMore, text) : text;
    return new Pill(
      this.context,
      {
        ...{ key: `${id}:${key}`, kind: 'group', label: shown },
        target: { containerId: id, key: first },
      },
      [span(shown, 'muted', 'normal')],
    );
  }

  #box({ key, place, items }: p.PictureBox, id: string): Block {
    const rows = this.#placeRows(place);
    const kind = place.own.length + place.machine.length > 0 ? 'namespaces' : 'root';
    const target = { containerId: id };
    return new Box(
      this.context,
      { key: `${id}:${key}`, kind, label: wordsOf(rows), target },
      { header: rows, content: this.#items(items, id) },
    );
  }
}

function wordsOf(rows: readonly Pieces[]): string {
  return rows.map((pieces) => pieces.map(({ text }) => text).join(', ')).join(', ');
}
