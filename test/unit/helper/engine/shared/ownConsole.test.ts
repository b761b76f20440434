/** Whose console is made in a devpts of its own, and what is said where it cannot be. */
import assert from 'node:assert/strict';
import { parseConfig } from '../../../../../src/core/config/parseConfig';
import { needsOwnConsole, ownConsole } from '../../../../../src/helper/engine/shared/ownConsole';

describe('a console of its own', () => {
  const needs = (given: object, privilege: 'root' | 'rootless' = 'root') => {
    const process = { cwd: '/', args: ['/sbin/init'], terminal: true };
    const text = JSON.stringify({ ociVersion: '1.0.2', process, ...given });
    return needsOwnConsole({ config: parseConfig(text).config! }, privilege);
  };
  const process = { cwd: '/', args: ['/sbin/init'], terminal: true };

  it('is for an init that is root of this machine and may mount', () => {
    assert.equal(needs({}), true);
    for (const [why, given] of Object.entries({
      'another program': { process: { ...process, args: ['/bin/sh'] } },
      'no terminal': { process: { ...process, terminal: false } },
      'no right to mount': { process: { ...process, capabilities: { bounding: ['CAP_KILL'] } } },
      'users of its own': { linux: { namespaces: [{ type: 'mount' }, { type: 'user' }] } },
    }))
      assert.equal(needs(given), false, why);
    assert.equal(needs({}, 'rootless'), false);
  });

  it('is one of the machine’s where none can be opened, which is said', async () => {
    const warnings: string[] = [];
    // Beside this program lies no terminal.js.
    const made = await ownConsole({ cols: 80, rows: 24 }, (text) => warnings.push(text));
    assert.equal(made, undefined);
    assert.match(
      warnings.join(),
      /^PID 1 is an init, and its console is one of this machine’s .*"user"/,
    );
  });
});
