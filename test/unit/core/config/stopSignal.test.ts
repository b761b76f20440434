import assert from 'node:assert/strict';
import { parseSignal, signalName, signalNumber } from '../../../../src/core/config/stopSignal';

describe('parseSignal', () => {
  for (const [text, number, name] of [
    ['SIGTERM', 15, 'SIGTERM'],
    ['term', 15, 'SIGTERM'],
    ['15', 15, 'SIGTERM'],
    ['6', 6, 'SIGABRT'],
    ['SIGRTMIN+3', 37, 'SIGRTMIN+3'],
    ['RTMIN', 34, 'SIGRTMIN'],
    ['SIGRTMAX-1', 63, 'SIGRTMIN+29'],
    ['37', 37, 'SIGRTMIN+3'],
  ] as const)
    it(`takes ${text} for ${name}`, () => {
      const signal = parseSignal(text)!;
      assert.deepEqual([signalNumber(signal), signalName(signal)], [number, name]);
    });

  for (const text of [
    '',
    '0',
    '32',
    '65',
    'SIGNONE',
    'SIGRTMIN-1',
    'SIGRTMAX+1',
    'SIGRTMIN+31',
    '9 9',
  ])
    it(`takes ${JSON.stringify(text)} for none`, () => assert.equal(parseSignal(text), undefined));
});
