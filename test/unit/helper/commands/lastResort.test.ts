/** installLastResort, in a process of its own: what nobody caught ends it, in one line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

describe('installLastResort', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'terrarium-last-'));
  const module = path.join(folder, 'lastResort.cjs');
  before(() =>
    buildSync({
      entryPoints: ['src/helper/commands/lastResort.ts'],
      ...{ bundle: true, platform: 'node', format: 'cjs', outfile: module },
    }),
  );
  after(() => rmSync(folder, { recursive: true }));

  const run = (script: string, command = 'node -e "$1"') =>
    spawnSync('bash', ['-c', `set -o pipefail; ${command}`, 'bash', script], { encoding: 'utf8' });
  const installed = (stops: boolean) =>
    `require(${JSON.stringify(module)}).installLastResort(${stops});`;

  for (const [how, fault] of [
    ['thrown later', 'setTimeout(() => { throw new Error("no more") })'],
    ['rejected', 'void Promise.reject(new Error("no more")); setTimeout(() => {}, 60_000)'],
  ] as const)
    it(`ends with one line what was ${how}`, () => {
      const { status, stderr } = run(installed(false) + fault);
      assert.equal(status, 70);
      assert.match(stderr, /^terrarium: unexpected error, the helper ends: no more \(at [^\n]+\n$/);
    });

  const writes = 'process.stdout.write("x".repeat(1e6)); setTimeout(() => {}, 200)';
  it('is silent where nobody reads any more, as after SIGPIPE', () => {
    const { status, stderr } = run(installed(true) + writes, 'node -e "$1" | true');
    assert.deepEqual([status, stderr], [141, '']);
  });

  it('says that its output cannot be written, and takes it for no fault of its own', () => {
    const { status, stderr } = run(installed(true) + writes, 'node -e "$1" > /dev/full');
    assert.equal(status, 125);
    assert.match(
      stderr,
      /^terrarium: Standard output cannot be written \(ENOSPC[^\n]+\)\. Make room there[^\n]+\n$/,
    );
  });

  it('goes on where a message cannot be written', () => {
    const tells = 'process.stderr.write("no"); setTimeout(() => console.log("went on"), 50)';
    const { status, stdout } = run(installed(false) + tells, 'node -e "$1" 2> /dev/full');
    assert.deepEqual([status, stdout], [0, 'went on\n']);
  });

  it('lets what runs go on without a reader', () => {
    const { status, stderr } = run(installed(false) + writes, 'node -e "$1" | true');
    assert.deepEqual([status, stderr], [0, '']);
  });
});
