/** Test files that run side by side, a process each: their counts are added up, and none is lost that dies. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runBeside } from '../../host/results.mjs';

/** A program that leaves counts as test/reporter.cjs does. */
const reporting = (results: object, code = 0) => [
  '-e',
  `require('fs').writeFileSync(process.env.TERRARIUM_TEST_RESULTS, ${JSON.stringify(JSON.stringify(results))});
  process.exit(${code})`,
];
const none = { passed: 0, failed: [], skipped: [], done: true };

describe('runBeside', function () {
  this.timeout(60_000);

  it('adds up what each file reports', async () => {
    const failed = [{ title: 'a test', message: 'no' }];
    const skipped = [{ title: 'another', reason: 'not here' }];
    const files = [
      { name: 'one', args: reporting({ ...none, passed: 2, skipped }) },
      { name: 'two', args: reporting({ ...none, passed: 3, failed }, 1) },
      { name: 'three', args: reporting({ ...none, passed: 4 }) },
    ];
    const sum = await runBeside(files, { atOnce: 2, minutes: 1 });
    assert.deepEqual(sum, { passed: 9, failed, skipped });
  });

  it('runs those that are to run alone after all others', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-results-'));
    const log = path.join(folder, 'log');
    const logging = (name: string) => {
      const [write, ...rest] = reporting({ ...none, passed: 1 });
      const line = JSON.stringify(`${name} `);
      return [
        write!,
        `require('fs').appendFileSync(${JSON.stringify(log)}, ${line});${rest.join('')}`,
      ];
    };
    try {
      const files = ['one', 'two', 'three'].map((name) => ({ name, args: logging(name) }));
      const sum = await runBeside(files, { atOnce: 1, minutes: 1, alone: ['one'] });
      assert.deepEqual([sum.passed, readFileSync(log, 'utf8')], [3, 'two three one ']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts a file that ends without its results as failed, by its name', async () => {
    const files = [
      { name: 'silent', args: ['-e', 'process.exit(3)'] },
      { name: 'cut off', args: reporting({ ...none, passed: 1, done: false }) },
      { name: 'sound', args: reporting({ ...none, passed: 1 }) },
    ];
    const { passed, failed } = await runBeside(files, { atOnce: 2, minutes: 1 });
    assert.equal(passed, 2);
    assert.deepEqual(failed.map(({ title }) => title).sort(), ['cut off', 'silent']);
    assert.match(failed.find(({ title }) => title === 'silent')!.message, /exit code 3/);
  });

  it('runs a file that fails once more, alone, and counts that run', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-results-'));
    const mark = JSON.stringify(path.join(folder, 'ran'));
    const [first, second] = [
      { ...none, failed: [{ title: 'a test', message: 'no' }] },
      { ...none, passed: 5 },
    ].map((one) => JSON.stringify(JSON.stringify(one)));
    const args = [
      '-e',
      `const fs = require('fs');
      const isFirst = !fs.existsSync(${mark});
      fs.writeFileSync(${mark}, '');
      fs.writeFileSync(process.env.TERRARIUM_TEST_RESULTS, isFirst ? ${first} : ${second});
      process.exit(isFirst ? 1 : 0);`,
    ];
    try {
      const files = [
        { name: 'shy', args },
        { name: 'sound', args: reporting({ ...none, passed: 1 }) },
      ];
      const sum = await runBeside(files, { atOnce: 2, minutes: 1 });
      assert.deepEqual(sum, { passed: 6, failed: [], skipped: [] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends what takes longer than all of them may', async () => {
    const files = [{ name: 'endless', args: ['-e', 'setInterval(() => {}, 1000)'] }];
    const { failed } = await runBeside(files, { atOnce: 2, minutes: 0.01 });
    assert.match(failed[0]!.message, /was ended after 0 minutes before its tests were done/);
  });
});
