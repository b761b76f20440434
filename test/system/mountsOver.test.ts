/** Mounts over mounts: what is on top is right, and the last look before "go" knows what each place holds. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Mount, OciConfig } from '../../src/core/config/schema';
import { Workplace, privileges, usePlace } from './containers';

const tmpfs = (destination: string, ...options: string[]): Mount => ({
  ...{ destination, type: 'tmpfs', source: 'tmpfs', options },
});
const bind = (destination: string, source: string, ...options: string[]): Mount => ({
  ...{ destination, type: 'bind', source, options: ['bind', ...options] },
});
/** Of the topmost mount at a place: its type and flags, as /proc/self/mounts has them. */
const optionsOf = (place: string) =>
  `grep " ${place} " /proc/self/mounts | tail -n 1 | cut -d" " -f3,4 | cut -d, -f1-4`;

interface Case {
  readonly what: string;
  readonly mounts: Mount[];
  readonly linux?: Partial<OciConfig['linux']>;
  readonly look: string;
  /** What `look` prints. */
  readonly wanted: string;
}

/** In the bundle: `data/file` and `data/sub/file`; in the rootfs: the link `var/run` to `run`, folders `s` and `a/sub`. */
const cases: readonly Case[] = [
  {
    what: 'a mask over a bound folder',
    mounts: [bind('/m', 'data')],
    linux: { maskedPaths: ['/m'] },
    look: 'ls /m',
    wanted: '',
  },
  {
    what: 'a mask over a bound file',
    mounts: [bind('/etc/secret', 'data/file', 'nosuid')],
    linux: { maskedPaths: ['/etc/secret'] },
    look: 'cat /etc/secret',
    wanted: '',
  },
  {
    what: 'a mask over a tmpfs with options, read-only too, and a read-only path over both',
    mounts: [tmpfs('/m', 'nosuid', 'nodev', 'noexec'), tmpfs('/n', 'ro', 'nosuid')],
    linux: { maskedPaths: ['/m', '/n'], readonlyPaths: ['/m', '/n'] },
    look: 'ls /m /n; echo x 2>/dev/null >/m/x || echo refused',
    wanted: '/m:\n\n/n:\nrefused\n',
  },
  {
    what: 'a mask inside of a mask, and one above a mount',
    mounts: [tmpfs('/a'), tmpfs('/a/b', 'nosuid'), bind('/a/b/c', 'data', 'nodev')],
    linux: { maskedPaths: ['/a/b', '/a', '/a/b/c'] },
    look: 'ls /a',
    wanted: '',
  },
  {
    what: 'a read-only path above masks and mounts',
    mounts: [tmpfs('/a', 'nosuid'), bind('/a/b', 'data', 'noexec'), tmpfs('/a/c', 'nosuid')],
    linux: { maskedPaths: ['/a/c', '/a/b/sub'], readonlyPaths: ['/a', '/a/b'] },
    look: 'cat /a/b/file; ls /a/c /a/b/sub; echo x 2>/dev/null >/a/x || echo refused',
    wanted: 'data\n/a/b/sub:\n\n/a/c:\nrefused\n',
  },
  {
    what: 'a later mount at the same place, of another kind and with other options',
    mounts: [tmpfs('/m', 'noexec', 'nosuid'), bind('/m', 'data'), bind('/m', 'data/sub', 'nodev')],
    look: 'cat /m/file',
    wanted: 'sub\n',
  },
  {
    what: 'a later bind that brings folders of its own to where mounts were',
    mounts: [
      ...[tmpfs('/s'), tmpfs('/s/m', 'size=1m'), tmpfs('/m', 'nosuid'), tmpfs('/m/m', 'noexec')],
      { destination: '/m', type: 'bind', source: 'rootfs/s', options: ['rbind'] },
    ],
    look: 'echo x >/m/m/x; cat /s/m/x',
    wanted: 'x\n',
  },
  {
    what: 'a bind of what a mount shows in the rootfs, which a later one covers',
    mounts: [bind('/a', 'data'), bind('/b', 'rootfs/a/sub'), tmpfs('/a', 'nosuid')],
    linux: { maskedPaths: ['/a'] },
    look: 'cat /b/file; ls /a',
    wanted: 'sub\n',
  },
  {
    what: 'mounts by a link on the way and by the place that it leads to',
    mounts: [tmpfs('/var/run/m', 'noexec'), bind('/run/m', 'data')],
    linux: { maskedPaths: ['/var/run/m/sub'] },
    look: 'cat /run/m/file; ls /run/m/sub',
    wanted: 'data\n',
  },
  {
    what: 'a mount behind a link that is covered later, by a mount and by a mask',
    mounts: [bind('/var/run/m', 'data'), tmpfs('/var'), bind('/var/run/m', 'data/sub')],
    linux: { maskedPaths: ['/var'] },
    look: 'cat /run/m/file; ls /var',
    wanted: 'data\n',
  },
  ...(
    [
      ['nosuid,nodev,noexec,exec', 'nodev,nosuid'],
      ['exec,noexec', 'noexec'],
      ['ro,rw,ro', 'ro'],
      ['ro,nosuid,rw', 'rw,nosuid'],
      ['suid,nosuid,dev,nodev,nosuid', 'nodev,nosuid'],
    ] as const
  ).map(([options, wanted]) => ({
    what: `the last of opposite options: ${options}`,
    mounts: [tmpfs('/m', ...options.split(',')), bind('/n', 'data', ...options.split(','))],
    look: ['/m', '/n']
      .map(
        (place) =>
          `for one in ${wanted.replaceAll(',', ' ')}; do ${optionsOf(place)} | grep -cw $one; done`,
      )
      .concat(wanted.startsWith('rw') ? ['echo x >/m/x', 'echo x >/n/x'] : [])
      .join('\n'),
    wanted: '1\n'.repeat(2 * wanted.split(',').length),
  })),
  {
    what: 'a read-only tmpfs that is filled before: mount points, devices, links',
    mounts: [
      tmpfs('/dev', 'nosuid', 'mode=755', 'ro'),
      tmpfs('/r', 'ro', 'noexec'),
      bind('/r/a/b', 'data'),
    ],
    linux: { maskedPaths: ['/r/a/b/sub'] },
    look: `${optionsOf('/dev')} | grep -ow ro; cat /r/a/b/file; ls /r/a/b/sub; echo x >/dev/null
      for one in /dev/x /r/x; do echo x 2>/dev/null >$one || echo refused; done; readlink /dev/fd`,
    wanted: 'ro\ndata\nrefused\nrefused\n/proc/self/fd\n',
  },
  {
    what: 'a read-only tmpfs with mount points that another mount covers',
    mounts: [tmpfs('/r', 'ro'), tmpfs('/r/a'), bind('/r', 'data')],
    look: 'cat /r/file; echo x >/r/new; cat /r/new',
    wanted: 'data\nx\n',
  },
];

describe('mounts over mounts', function () {
  this.timeout(60_000);
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges)
    for (const { what, mounts, linux, look, wanted } of cases)
      it(`takes ${what} (${privilege})`, async () => {
        const bundle = await place.bundle(privilege, 'notes', (config) => {
          config.mounts.push(...mounts);
          Object.assign(config.linux, linux);
        });
        mkdirSync(path.join(bundle, 'data/sub'), { recursive: true });
        writeFileSync(path.join(bundle, 'data/file'), 'data\n');
        writeFileSync(path.join(bundle, 'data/sub/file'), 'sub\n');
        for (const one of ['run', 'var', 's', 'a/sub'])
          mkdirSync(path.join(bundle, 'rootfs', one), { recursive: true });
        symlinkSync('../run', path.join(bundle, 'rootfs/var/run'));
        if (privilege !== 'root') place.give(bundle);
        const { code, stdout, stderr } = await place.run(privilege, bundle, [
          '/bin/sh',
          '-c',
          look,
        ]);
        assert.equal(stdout, wanted, stderr);
        assert.equal(code, 0, stderr);
      });
});
