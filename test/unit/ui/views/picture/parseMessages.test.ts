// What crosses between the panel of the picture and its page.
import assert from 'node:assert/strict';
import { parsePictureMessage } from '../../../../../src/ui/views/picture/parsePictureMessage';
import { parsePictureRequest } from '../../../../../src/ui/views/picture/parsePictureRequest';

const processItem = {
  ...{ kind: 'process', key: '1', name: 'sh', pid: 1, hostPid: 77, mark: 'session' },
  items: [
    { kind: 'group', key: 'g', count: 3, isAlike: true, hasMore: false, first: '2' },
    { kind: 'box', key: 'b', place: { own: ['mnt'], machine: ['net'] }, items: [] },
  ],
};
const picture = {
  ...{ hostname: 'host', helpers: [{ pid: 7, privilege: 'root' }], left: 0 },
  containers: [
    {
      ...{ id: 'a', name: 'web', isPaused: false, processes: 1, own: ['pid'], machine: [] },
      ...{ root: { kind: 'machine', path: '/' }, items: [processItem] },
    },
  ],
  shared: [{ type: 'net', containers: ['a', 'b'] }],
};
const target = { containerId: 'a', key: 'k' };

describe('a message of the panel of the picture', () => {
  it('is taken where it is one', () => {
    for (const message of [
      { kind: 'picture', picture, selected: target },
      { kind: 'picture', picture },
      { kind: 'selected', selected: { containerId: 'a' } },
      { kind: 'selected' },
      { kind: 'draw' },
    ])
      assert.deepEqual(parsePictureMessage(message), message);
  });

  it('is dropped where a part of it, however deep, is of another kind', () => {
    const withItem = (item: object) => ({
      kind: 'picture',
      picture: {
        ...picture,
        containers: [
          { ...picture.containers[0], items: [{ ...processItem, items: [processItem, item] }] },
        ],
      },
    });
    assert.ok(parsePictureMessage(withItem(processItem)));
    for (const message of [
      ...[undefined, null, 'draw', {}, { kind: 'other' }, { kind: 'picture' }],
      { kind: 'picture', picture: { ...picture, helpers: [{ pid: 7, privilege: 'admin' }] } },
      { kind: 'selected', selected: { key: 'k' } },
      ...[{}, { ...processItem, pid: '1' }, { ...processItem, mark: 'big' }].map(withItem),
      withItem({ kind: 'box', key: 'b', place: { own: ['disk'], machine: [] }, items: [] }),
    ])
      assert.equal(parsePictureMessage(message), undefined, JSON.stringify(message)?.slice(0, 80));
  });
});

describe('a message of the page of the picture', () => {
  it('is taken where it is one', () => {
    assert.deepEqual(parsePictureRequest({ kind: 'ready' }), { kind: 'ready' });
    assert.deepEqual(parsePictureRequest({ kind: 'chosen', target }), { kind: 'chosen', target });
    const svg = '<?xml version="1.0"?><svg/>';
    assert.deepEqual(parsePictureRequest({ kind: 'svg', svg }), { kind: 'svg', svg });
  });

  it('is dropped where it is none', () => {
    for (const message of [
      ...[undefined, null, 'ready', {}, { kind: 'other' }],
      ...[{ kind: 'chosen' }, { kind: 'chosen', target: { containerId: 1 } }],
      { kind: 'chosen', target: { containerId: 'a', key: {} } },
      { kind: 'chosen', target: { containerId: 'a'.repeat(5000) } },
      ...[
        { kind: 'svg', svg: '' },
        { kind: 'svg', svg: '<html>' },
      ],
      { kind: 'svg', svg: '<?xml '.padEnd(9 * 1024 * 1024) },
    ])
      assert.equal(parsePictureRequest(message), undefined, JSON.stringify(message)?.slice(0, 80));
  });
});
