/** What the editor says of a whole config.json, and where. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findingsOf } from '../../../../src/core/diagnostics/findings';
import { elfProgram } from '../bundle/temporaryFolder';

describe('the findings of a config.json', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'terrarium-'));
    for (const place of ['bin', 'etc', 'proc'])
      await mkdir(path.join(folder, 'rootfs', place), { recursive: true });
    const shell = elfProgram({ machine: process.arch === 'arm64' ? 183 : 62 });
    await writeFile(path.join(folder, 'rootfs/bin/sh'), shell, { mode: 0o755 });
    await writeFile(path.join(folder, 'rootfs/etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const found = (config: object) =>
    findingsOf(JSON.stringify(config), path.join(folder, 'config.json'), 'root');
  const config = (uid: number, linux: object) => ({
    ociVersion: '1.0.2',
    root: { path: 'rootfs' },
    process: { args: ['/bin/sh'], cwd: '/', user: { uid, gid: 0 } },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }], ...linux },
  });

  it('has no warning beside an error at the same place, and the warning without it', async () => {
    const one = [{ containerID: 0, hostID: 0, size: 1 }];
    const users = {
      namespaces: ['mount', 'pid', 'user'].map((type) => ({ type })),
      ...{ uidMappings: one, gidMappings: one },
    };
    const both = await found(config(1234, users));
    assert.deepEqual(
      both.map(({ code, severity }) => [code, severity]),
      [['id-unmapped', 'error']],
    );
    const alone = await found(config(1234, {}));
    assert.deepEqual(
      alone.map(({ code, severity }) => [code, severity]),
      [['user-unknown', 'warning']],
    );
  });

  it('are looked for no longer than their signal lets them', async () => {
    const [cancel, reason] = [new AbortController(), new Error('newer text')];
    const folders = Array.from({ length: 900 }, (_, index) => `/etc/${index}`);
    const one = config(0, {});
    const process = { ...one.process, args: ['tool'], env: [`PATH=${folders.join(':')}`] };
    const text = JSON.stringify({ ...one, process });
    const file = path.join(folder, 'config.json');
    const looking = findingsOf(text, file, 'root', { signal: cancel.signal });
    setImmediate(() => cancel.abort(reason));
    await assert.rejects(looking, reason);
  });

  it('say of a filter of system calls what is left out of it, and what makes it none', async () => {
    const of = async (seccomp: object) =>
      (
        await findingsOf(
          JSON.stringify({
            ociVersion: '1.0.2',
            process: { args: ['/bin/sh'], cwd: '/' },
            root: { path: 'rootfs' },
            linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }], seccomp },
          }),
          path.join(folder, 'config.json'),
          'root',
        )
      ).filter((one) => one.path[1] === 'seccomp');
    const unknown = { names: ['not_there'], action: 'SCMP_ACT_ALLOW' };
    const [left] = await of({ defaultAction: 'SCMP_ACT_ERRNO', syscalls: [unknown] });
    assert.equal(left?.code, 'not-carried-out');
    assert.deepEqual(left.path, ['linux', 'seccomp', 'syscalls', 0, 'names']);
    const [none] = await of({ defaultAction: 'SCMP_ACT_NOTIFY' });
    assert.deepEqual([none?.code, none?.severity], ['seccomp-notify', 'error']);
  });
});
