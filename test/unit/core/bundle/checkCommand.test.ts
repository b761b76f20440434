import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { checkCommand, CommandError } from '../../../../src/core/bundle/checkCommand';
import { defaultConfigFor } from '../../../../src/core/bundle/loadBundleOrFolder';
import { elfProgram, plant, temporaryFolder, type Tree } from './temporaryFolder';

describe('checkCommand', () => {
  const folder = temporaryFolder();
  const check = async (
    tree: Tree,
    command = '/bin/sh',
    extra: { env?: string[]; machine?: string; signal?: AbortSignal } = {},
  ) => {
    plant(folder(), tree);
    const config = defaultConfigFor('box');
    const process = { ...config.process, args: [command] as [string], env: extra.env ?? [] };
    const bundle = { rootfs: folder(), config: { ...config, process, mounts: [] } };
    const { machine = 'x86_64', signal } = extra;
    return (await checkCommand(bundle, { machine, signal }))?.inside;
  };
  const failsWith = (code: string, exitCode: number, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof CommandError);
    assert.deepEqual([error.code, error.exitCode], [code, exitCode]);
    assert.match(error.message, message);
    return true;
  };

  it('passes a static program behind a link, and says where it was found', async () => {
    const tree = { 'bin/busybox': elfProgram(), 'bin/sh': '-> /bin/busybox' };
    assert.equal(await check(tree), '/bin/sh');
    assert.equal(await check({}, 'sh', { env: ['PATH=/sbin:/bin'] }), '/bin/sh');
  });

  it('searches PATH of the configuration, and the last entry of it, and nowhere without one', async () => {
    await check({ 'opt/x/tool': elfProgram() }, 'tool', { env: ['PATH=/a', 'PATH=/b:/opt/x'] });
    await assert.rejects(
      check({ 'usr/bin/other': elfProgram() }, 'other', { env: ['HOME=/'] }),
      failsWith('path-missing', 127, /sets no PATH.*"other"/),
    );
    await assert.rejects(
      check({}, 'tool', { env: ['PATH=/b:/c'] }),
      failsWith('command-missing', 127, /"tool" does not exist.*\/b\/tool, \/c\/tool/),
    );
  });

  it('says what is missing', () =>
    assert.rejects(check({ bin: null }), failsWith('command-missing', 127, /"\/bin\/sh"/)));

  it('speaks of no config.json where a plain folder has none', async () => {
    plant(folder(), { bin: null });
    const bundle = { path: folder(), rootfs: folder(), config: defaultConfigFor('box') };
    await assert.rejects(checkCommand(bundle), (error: CommandError) => {
      assert.match(error.remedy, /etc\/passwd, or \/bin\/sh: put one there/);
      assert.doesNotMatch(error.remedy, /config\.json/);
      return true;
    });
  });

  it('finds nothing through a link to the host', () =>
    assert.rejects(
      check({ 'bin/sh': `-> ${process.execPath}` }),
      failsWith('command-missing', 127, /does not exist in the rootfs/),
    ));

  it('says what cannot be executed', async () => {
    plant(folder(), { 'bin/sh': elfProgram(), 'bin/dir': null });
    chmodSync(path.join(folder(), 'bin/sh'), 0o644);
    await assert.rejects(check({}), failsWith('command-not-executable', 126, /not executable/));
    await assert.rejects(check({}, '/bin/dir'), failsWith('command-not-executable', 126, /folder/));
    await assert.rejects(
      check({ 'bin/data': Buffer.from([0, 1, 2, 3]) }, '/bin/data'),
      failsWith('command-not-executable', 126, /neither a program/),
    );
  });

  it('refuses a text file without #!, as the kernel does', () =>
    assert.rejects(
      check({ 'bin/run': 'echo hi\n' }, '/bin/run'),
      failsWith('command-not-executable', 126, /"\/bin\/run" is a text file without a #! line/),
    ));

  it('names the missing loader', () =>
    assert.rejects(
      check({ 'bin/sh': elfProgram({ interpreter: '/lib64/ld-linux-x86-64.so.2' }) }),
      failsWith('loader-missing', 127, /"\/bin\/sh" needs \/lib64\/ld-linux-x86-64\.so\.2/),
    ));

  it('says where the loader is no program', async () => {
    plant(folder(), { 'lib/ld.so': elfProgram() });
    chmodSync(path.join(folder(), 'lib/ld.so'), 0o644);
    await assert.rejects(
      check({ 'bin/sh': elfProgram({ interpreter: '/lib/ld.so' }) }),
      failsWith('command-not-executable', 126, /needs \/lib\/ld\.so, which is not executable/),
    );
  });

  it('passes where the loader is there', () =>
    check({ 'bin/sh': elfProgram({ interpreter: '/lib/ld.so' }), 'lib/ld.so': elfProgram() }));

  it('names the missing interpreter of a script, through other scripts', async () => {
    await assert.rejects(
      check({ 'bin/sh': '#! /usr/bin/perl -w\n' }),
      failsWith('loader-missing', 127, /needs \/usr\/bin\/perl/),
    );
    await assert.rejects(
      check({ 'bin/a': '#!/bin/b\n', 'bin/b': '#!/bin/c\n' }, '/bin/a'),
      failsWith('loader-missing', 127, /"\/bin\/b" needs \/bin\/c/),
    );
    await assert.rejects(
      check({ 'bin/l': '#!/bin/l\n' }, '/bin/l'),
      failsWith('command-not-executable', 126, /too many times/),
    );
  });

  it('names both architectures of a foreign program', async () => {
    await assert.rejects(
      check({ 'bin/sh': elfProgram({ machine: 22 }) }),
      failsWith('foreign-architecture', 126, /built for s390x, and this machine is x86_64/),
    );
    await check({ 'bin/old': elfProgram({ machine: 3 }) }, '/bin/old');
  });

  it('ends with the reason of its signal, in the middle of PATH or of a chain of interpreters', async () => {
    const folders = Array.from({ length: 900 }, (_, index) => `/a/${index}`);
    const [cancel, reason] = [new AbortController(), new Error('stopped')];
    const env = [`PATH=${folders.join(':')}`];
    const looking = check({ 'a/x': null }, 'tool', { env, signal: cancel.signal });
    setImmediate(() => cancel.abort(reason));
    await assert.rejects(looking, reason);
    const script = { 'bin/l': '#!/bin/l\n' };
    await assert.rejects(check(script, '/bin/l', { signal: AbortSignal.abort(reason) }), reason);
  });

  it('makes control characters of the command visible', () =>
    assert.rejects(check({}, '/bin/\x1b[2J'), failsWith('command-missing', 127, /\\x1b\[2J/)));
});
