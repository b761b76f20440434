// What crosses between the panel of sights and its page.
import assert from 'node:assert/strict';
import {
  parseSightMessage,
  parseSightRequest,
  parseSightState,
} from '../../../../../src/ui/views/sight/parseMessages';

const row = {
  ...{ key: '1:2', depth: 0, role: '', more: '' },
  cells: [{ text: 'sh', word: 'same', tone: 'same' }],
};
const table = { kind: 'table', rows: [row], notes: ['a'] };
const state = { id: '0123456789abcdef', name: 'box' };

describe('the messages of the table of sights', () => {
  it('are taken as they are made', () => {
    assert.deepEqual(parseSightMessage(table), table);
    const explanation = {
      ...{ kind: 'explanation', key: '1:2', column: 'root', title: 'x', isInside: true },
      paragraphs: [{ heading: 'a', text: 'b' }],
    };
    assert.deepEqual(parseSightMessage(explanation), explanation);
    for (const one of [
      { kind: 'ready' },
      { kind: 'explain', key: '1:2', column: 'hostname' },
      { kind: 'inspect', key: '1:2' },
      { kind: 'reveal', key: '1:2' },
    ])
      assert.deepEqual(parseSightRequest(one), one);
    const only = { ...state, only: { pid: 1, startTime: '7', name: 'sh' } };
    for (const one of [state, only]) assert.deepEqual(parseSightState(one), one);
  });

  it('are refused in any other shape', () => {
    for (const one of [
      ...[undefined, null, 3, 'table', [], {}, { kind: 'table' }],
      ...[
        { ...table, notes: [1] },
        { ...table, rows: [{ ...row, depth: -1 }] },
      ],
      { ...table, rows: [{ ...row, cells: [{ text: 'a', word: '', tone: 'evil' }] }] },
    ])
      assert.equal(parseSightMessage(one), undefined);
    for (const one of [
      ...[null, { kind: 'explain', key: '1:2', column: '__proto__' }, { kind: 'inspect' }],
      ...[
        { kind: 'run', key: 'x' },
        { kind: 'reveal', key: 1 },
      ],
    ])
      assert.equal(parseSightRequest(one), undefined);
    for (const one of [
      ...[null, { ...state, id: '../x' }, { id: state.id }, { ...state, only: {} }],
      ...[{ ...state, only: { pid: 0, startTime: '7', name: 'sh' } }],
      { ...state, only: { pid: 1, startTime: 'x', name: 'sh' } },
    ])
      assert.equal(parseSightState(one), undefined);
  });
});
