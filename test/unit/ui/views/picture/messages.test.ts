import assert from 'node:assert/strict';
import { parseAnswer } from '../../../../../src/ui/views/picture/messages';

describe('an answer of the page of the picture', () => {
  it('is taken where it is one', () => {
    assert.deepEqual(parseAnswer({ kind: 'ready', more: 1 }), { kind: 'ready' });
    const meant = { containerId: 'a', key: 'k' };
    assert.deepEqual(parseAnswer({ kind: 'chosen', meant }), { kind: 'chosen', meant });
    const svg = '<?xml version="1.0"?><svg/>';
    assert.deepEqual(parseAnswer({ kind: 'svg', svg }), { kind: 'svg', svg });
  });

  it('is dropped where it is none', () => {
    for (const message of [
      ...[undefined, null, 'ready', {}, { kind: 'other' }],
      ...[{ kind: 'chosen' }, { kind: 'chosen', meant: { containerId: 1 } }],
      { kind: 'chosen', meant: { containerId: 'a', key: {} } },
      { kind: 'chosen', meant: { containerId: 'a'.repeat(5000) } },
      ...[
        { kind: 'svg', svg: '' },
        { kind: 'svg', svg: '<html>' },
      ],
      { kind: 'svg', svg: '<?xml '.padEnd(9 * 1024 * 1024) },
    ])
      assert.equal(parseAnswer(message), undefined, JSON.stringify(message)?.slice(0, 80));
  });
});
