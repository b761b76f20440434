// The first line of a script, as the kernel takes it apart.
import assert from 'node:assert/strict';
import { parseShebang } from '../../../../src/core/bundle/shebang';

describe('parseShebang', () => {
  const cases: [start: string, interpreter: string | undefined, argument?: string][] = [
    ['#!/bin/sh\necho', '/bin/sh', ''],
    ['#! /usr/bin/env  perl -w \n', '/usr/bin/env', 'perl -w'],
    ['#!/bin/sh\r\n', '/bin/sh\r', ''],
    ['#!/bin/sh -e\r\n', '/bin/sh', '-e\r'],
    ['#!/bin/a\0b', '/bin/a', ''],
    ['#!\n/bin/sh', undefined],
    ['#', undefined],
    ['\x7fELF', undefined],
  ];
  for (const [start, interpreter, argument] of cases)
    it(`reads ${JSON.stringify(start)}`, () => {
      const wanted = interpreter === undefined ? undefined : { interpreter, argument };
      assert.deepEqual(parseShebang(Buffer.from(start, 'latin1')), wanted);
    });
});
