import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeXml, serialize, styleRules, svgFile } from '../../../../src/core/picture/drawing';
import { layoutPicture } from '../../../../src/core/picture/layoutPicture';
import type { PictureContainer } from '../../../../src/core/picture/Picture';
import { seeded } from '../../../seed';
import { texts } from './pictures';

const style = styleRules((name) => `rgb(1,2,${name.length})`, 'sans-serif');

function fileOf(name: string): string {
  const container: PictureContainer = {
    ...{ id: 'c', name, isPaused: false, processes: 1, own: ['pid'], machine: [] },
    items: [{ kind: 'process', key: name, name, pid: 1, hostPid: 2, items: [] }],
  };
  const picture = { hostname: name, helpers: [], containers: [container], shared: [], left: 0 };
  const layout = layoutPicture(picture, texts, 800, (text) => text.length * 7);
  return svgFile(layout, { title: name, style, background: 'rgb(0,0,0)' }, () => false);
}

/** The tags of a document, each opened one closed. @throws AssertionError where it is not well formed */
function tagsOf(xml: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const rest = xml
    .replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '')
    .replace(
      /<(\/?)([a-z]+)((?: [a-zA-Z:]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)>/g,
      (_, close, tag: string) => {
        if (close) assert.equal(open.pop(), tag);
        else {
          open.push(tag);
          seen.push(tag);
        }
        return '';
      },
    );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest.replace(/&#\d+;/g, ''), /[<&]/);
  return seen;
}

describe('the picture as SVG', () => {
  it('is well formed whatever names there are, and has no element that a name brings', () => {
    const usual = tagsOf(fileOf('web'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const xml = fileOf(name);
        assert.deepEqual([...new Set(tagsOf(xml))], [...new Set(usual)]);
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(xml, /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u);
      }),
      seeded('names', 200),
    );
    tagsOf(fileOf(`</text><script href="x">&lt;'"]]>`));
  });

  it('needs nothing outside of itself', () => {
    const xml = fileOf('web');
    assert.doesNotMatch(xml, /href|url\(|@import|var\(|<script|<foreignObject/);
    assert.match(xml, /<style>[^<]*\.container&#62;\.frame\{stroke:rgb\(/);
  });

  it('replaces what XML cannot hold', () => {
    assert.equal(escapeXml('a\0b\ud800<"'), 'a\ufffdb\ufffd&#60;&#34;');
    assert.equal(
      serialize({
        tag: 'g',
        attributes: { class: '"' },
        children: ['<', { tag: 'b', attributes: {}, children: [] }],
      }),
      '<g class="&#34;">&#60;<b></b></g>',
    );
  });
});
