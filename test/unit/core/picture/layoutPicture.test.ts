import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Shape } from '../../../../src/core/picture/blocks';
import { layoutPicture } from '../../../../src/core/picture/layoutPicture';
import type {
  Picture,
  PictureBox,
  PictureContainer,
  PictureItem,
} from '../../../../src/core/picture/Picture';
import { namespaceTypes } from '../../../../src/protocol/namespaces';
import { seeded } from '../../../seed';
import { texts } from './pictures';

/** Letters are not all as wide as each other. */
const measure = (text: string) =>
  [...text].reduce((sum, letter) => sum + 5 + (letter.codePointAt(0)! % 5), 0);

const name = fc.oneof(
  fc.constantFrom('sh', 'web', ''),
  fc.string({ maxLength: 200, unit: 'binary' }),
);
const types = fc.uniqueArray(fc.constantFrom(...namespaceTypes));
const root = fc.record({ kind: fc.constantFrom('machine', 'own', 'chroot'), path: name });

/** Random, with keys that are unique as those of `ContainerPicture` are. */
function pictures(): fc.Arbitrary<Picture> {
  let next = 0;
  const { items } = fc.letrec<{ items: PictureItem[]; item: PictureItem }>((tie) => ({
    items: fc.array(tie('item'), { maxLength: 4, depthIdentifier: 'items' }),
    item: fc.oneof(
      { depthSize: 'small', depthIdentifier: 'items' },
      fc.record({
        kind: fc.constant('group'),
        count: fc.nat(),
        isAlike: fc.boolean(),
        hasMore: fc.boolean(),
        first: name,
      }),
      fc.record({
        kind: fc.constant('process'),
        name,
        pid: fc.nat(),
        hostPid: fc.nat(),
        items: tie('items'),
      }),
      fc.record({
        kind: fc.constant('box'),
        place: fc.record({ own: types, machine: types, root }),
        items: tie('items'),
      }),
    ) as fc.Arbitrary<PictureItem>,
  }));
  const keyed = (all: readonly PictureItem[]): PictureItem[] =>
    all.map((one) => {
      const key = String(next++);
      return one.kind === 'group'
        ? { ...one, key }
        : ({ ...one, key, items: keyed(one.items) } as PictureBox);
    });
  const container = fc.record({
    ...{ id: fc.constant(''), name, isPaused: fc.boolean(), processes: fc.nat() },
    ...{ own: types, machine: types, items },
  });
  return fc
    .record({
      hostname: name,
      containers: fc.array(container, { maxLength: 6 }),
      sharing: fc.array(
        fc.tuple(fc.constantFrom(...namespaceTypes), fc.array(fc.nat(5), { minLength: 2 })),
      ),
      left: fc.nat(3),
    })
    .map(({ hostname, containers, sharing, left }): Picture => ({
      ...{ hostname, left, helpers: [{ pid: 7, privilege: 'root' }] },
      containers: containers.map((one, at): PictureContainer => ({
        ...one,
        id: `c${at}`,
        items: keyed(one.items),
      })),
      shared: sharing
        .map(([type, some]) => ({
          type,
          containers: [...new Set(some)]
            .filter((at) => at < containers.length)
            .map((at) => `c${at}`),
        }))
        .filter((one) => one.containers.length > 1),
    }));
}

const near = 0.01;
const isInside = (one: Shape, other: Shape) =>
  one.x >= other.x - near &&
  one.y >= other.y - near &&
  one.x + one.width <= other.x + other.width + near &&
  one.y + one.height <= other.y + other.height + near;
const isApart = (one: Shape, other: Shape) =>
  one.x + one.width <= other.x + near ||
  other.x + other.width <= one.x + near ||
  one.y + one.height <= other.y + near ||
  other.y + other.height <= one.y + near;

describe('the layout of the picture', () => {
  it('has every shape inside its box and beside all others, at any width', () => {
    fc.assert(
      fc.property(pictures(), fc.integer({ min: 100, max: 2000 }), (picture, width) => {
        const { shapes } = layoutPicture(picture, texts, width, measure);
        const byKey = new Map(shapes.map((shape) => [shape.key, shape]));
        assert.equal(byKey.size, shapes.length, 'no key stands twice');
        for (const [at, shape] of shapes.entries()) {
          assert.ok(shape.width >= 40, `${shape.key} can be seen`);
          const parent = shape.parent === undefined ? undefined : byKey.get(shape.parent);
          if (parent) assert.ok(isInside(shape, parent), `${shape.key} in ${parent.key}`);
          for (const other of shapes.slice(at + 1))
            if (other.parent === shape.parent)
              assert.ok(isApart(shape, other), `${shape.key} beside ${other.key}`);
        }
      }),
      seeded('pictures', 150),
    );
  });

  it('has no line that is wider than its box', () => {
    fc.assert(
      fc.property(pictures(), fc.integer({ min: 300, max: 2000 }), (picture, width) => {
        for (const shape of layoutPicture(picture, texts, width, measure).shapes)
          for (const { x, spans } of shape.lines) {
            const own = spans.reduce((sum, { text }) => sum + measure(text), 0);
            assert.ok(x + own <= shape.x + shape.width + near, shape.key);
          }
      }),
      seeded('pictures', 100),
    );
  });

  it('makes visible what a name holds, and cuts it', () => {
    const evil = `\x1b[2J\u202e${'x'.repeat(500)}`;
    const container: PictureContainer = {
      ...{ id: 'c', name: evil, isPaused: false, processes: 1, own: [], machine: [] },
      items: [{ kind: 'process', key: 'k', name: evil, pid: 1, hostPid: 2, items: [] }],
    };
    const picture = { hostname: 'h', helpers: [], containers: [container], shared: [], left: 0 };
    const { shapes } = layoutPicture(picture, texts, 900, measure);
    for (const { label, lines } of shapes) {
      const all = [label, ...lines.flatMap(({ spans }) => spans.map(({ text }) => text))];
      for (const text of all) {
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(text, /[\x00-\x1f\u202e]/);
        assert.ok(text.length < 150, text);
      }
    }
  });
});
