// What the helper uses of node-pty is no public API of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TerrariumError } from '../../../../../src/core/errors';
import { nativePty } from '../../../../../src/helper/console/pty/nativePty';
import { projectRoot } from '../../../../host/project.mjs';

describe('nativePty', () => {
  const refused = (load: () => unknown) =>
    assert.throws(
      () => nativePty(load),
      (error) =>
        error instanceof TerrariumError &&
        error.code === 'no-pty' &&
        error.problem.includes(process.arch) &&
        !error.message.includes('\n'),
    );

  it('says in a sentence that there is no build for this machine, and what to do', () => {
    refused(() => {
      throw new Error('Failed to load native module: pty.node\n  at stack');
    });
  });

  it('refuses a node-pty that no longer has what we use of it', () => {
    refused(() => ({ native: null }));
    refused(() => ({ native: { open: () => undefined } }));
  });

  const read = (file: string): unknown =>
    JSON.parse(readFileSync(path.join(projectRoot(), file), 'utf8'));
  const { version } = read('node_modules/node-pty/package.json') as { version: string };

  // The types say nothing of it: an update of node-pty may rename it, and no compiler tells.
  const whatToDo = (found: string) =>
    `node-pty ${version} has changed what is no public API of it: ${found}. Compare its src/unix/pty.cc (PtyOpen, PtyResize) with NativePty in src/helper/console/pty/nativePty.ts and adapt that, or go back to the version that package.json named before.`;

  it('is pinned to one version', () => {
    const { dependencies } = read('package.json') as { dependencies: { 'node-pty': string } };
    const pinned = dependencies['node-pty'];
    assert.match(pinned, /^\d+\.\d+\.\d+(-[\w.]+)?$/, 'node-pty must be named without ^ or ~');
    assert.equal(version, pinned);
  });

  it('opens a terminal of the size that is asked for, and resizes it', () => {
    const native = nativePty();
    for (const name of ['open', 'resize'] as const)
      assert.equal(typeof native[name], 'function', whatToDo(`it has no function ${name}`));
    const size = (tty: string) =>
      execFileSync('stty', ['-F', tty, 'size'], { encoding: 'utf8' }).trim();
    const terminal = native.open(81, 25);
    try {
      assert.match(terminal.pty, /^\/dev\/pts\/\d+$/, whatToDo('open gives no name of a terminal'));
      for (const end of ['master', 'slave'] as const)
        assert.ok(fstatSync(terminal[end]).isCharacterDevice(), whatToDo(`open gives no ${end}`));
      assert.equal(size(terminal.pty), '25 81', whatToDo('open takes its parameters otherwise'));
      native.resize(terminal.master, 132, 43, 0, 0);
      assert.equal(size(terminal.pty), '43 132', whatToDo('resize takes its parameters otherwise'));
    } finally {
      closeSync(terminal.master);
      closeSync(terminal.slave);
    }
  });
});
