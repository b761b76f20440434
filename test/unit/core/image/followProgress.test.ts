/** What an import prints is read as it comes; what cannot be understood ends it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { followImport } from '../../../../src/core/image/followProgress';
import { importWords } from '../../../../src/core/image/importWords';
import type { ImportProgress, ImportReport } from '../../../../src/protocol/imports';

const none = { count: 0, names: [] };
const report: ImportReport = {
  ...{ bundle: '/w/box', source: 'tar', entries: 3, setId: none, warnings: [] },
  notKept: { owners: none, devices: none, xattrs: none },
};

describe('an import that runs', () => {
  function follow(script: string, abort = new AbortController()) {
    const progress: ImportProgress[] = [];
    const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const result = followImport(child, {
      ...{ source: '/s.tar', signal: abort.signal },
      onProgress: (one) => progress.push(one),
    });
    return { result, progress, child };
  }

  it('tells its progress, and then what it has made', async () => {
    const { result, progress } = follow(
      `echo '{"bytes":1,"entries":2}' >&2; echo '${JSON.stringify(report)}'`,
    );
    assert.deepEqual(await result, report);
    assert.deepEqual(progress, [{ bytes: 1, entries: 2 }]);
  });

  it('fails with what it says, or with its status', async () => {
    const error = { code: 'some-code', problem: 'It is broken.', remedy: 'Mend it.' };
    const said = follow(`echo '${JSON.stringify({ error })}' >&2; exit 125`);
    await assert.rejects(said.result, error);
    await assert.rejects(follow('echo one >&2; exit 3').result, { problem: /not imported: one$/ });
    await assert.rejects(follow('exit 3').result, { problem: /exit code 3/ });
    await assert.rejects(follow('kill -9 $$').result, { problem: /SIGKILL/ });
  });

  for (const line of ['{"bytes":-1,"entries":0}', '{broken'])
    it(`is ended where it says ${line}`, async () => {
      const { result, child } = follow(`echo '${line}' >&2; exec sleep 1000`);
      await assert.rejects(result, { code: 'import-failed', problem: /cannot be understood/ });
      assert.equal(child.signalCode, 'SIGTERM');
    });

  it('is ended where it is cancelled, before or later', async () => {
    const [before, later] = [new AbortController(), new AbortController()];
    before.abort(new Error('not wanted'));
    await assert.rejects(follow('exec sleep 1000', before).result, /not wanted/);
    const { result, progress } = follow(
      `echo '{"bytes":1,"entries":2}' >&2; exec sleep 1000`,
      later,
    );
    later.abort(new Error('no more'));
    await assert.rejects(result, /no more/);
    assert.ok(progress.length <= 1);
  });

  it('has the words of the command line', () => {
    const wish = { source: 'suite:sid', bundle: '/b', maxSize: 5, variant: 'apt', include: 'a,b' };
    assert.deepEqual(importWords(wish, '--callers-rights'), [
      ...['import', '--progress', '--watched', '--callers-rights'],
      ...['--max-size', '5', '--variant', 'apt'],
      ...['--include', 'a,b', 'suite:sid', '/b'],
    ]);
    assert.deepEqual(importWords({ source: '/a', bundle: '/b' }), [
      ...['import', '--progress', '--watched'],
      ...['/a', '/b'],
    ]);
  });
});
