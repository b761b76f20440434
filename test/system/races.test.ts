/**
 * Second writers that change a rootfs, its bundle or what a bind shows while a container starts (case 38), for root,
 * sudo and rootless. One helper makes all starts of a race: a start takes it some ten milliseconds. More of them:
 * npm run races.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import { compile } from './compile';
import { Workplace, privileges, usePlace } from './containers';
import { roundsOf, timeoutOf } from './races';
import { type Client, Served, size } from './serving';

/** Below /race; the first and the last are folders. */
const places = ['folder', 'file', 'masked', 'fixed', 'tree'] as const;

describe('a rootfs that changes while its container starts', () => {
  let place: Workplace;
  usePlace((opened) => (place = opened), { endChildren: true });

  for (const privilege of privileges) {
    describe(privilege, () => {
      it('never has a file of its own run in the place of the machine’s (38)', async function () {
        const rounds = roundsOf(15);
        this.timeout(timeoutOf(3 * rounds));
        const volume = mkdtempSync(path.join(place.folder, 'volume-'));
        const [target, link, ran] = ['x', 'y', 'ran'].map((name) => path.join(volume, name));
        const payload = path.join(place.folder, `payload-${privilege}`);
        writeFileSync(payload, `#!/bin/sh\nid >>'${ran}'\nexit 1\n`, { mode: 0o755 });
        writeFileSync(target!, '');
        chmodSync(volume, 0o777);
        const swapper = path.join(place.folder, 'swapper');
        compile(this, 'swapper.c', swapper);
        const [file, folder] = ['setpriv', 'mount'].map((name) =>
          spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(),
        );
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const ends = { ran: 0, refused: 0 };
        for (const [aim, change] of [
          [file, ({ mounts }) => mounts.push(bind('/vol/x', payload))],
          [folder, ({ mounts }) => mounts.push(bind('/vol/x', payload), bind('/vol/z', payload))],
          [file, ({ linux }) => void (linux.readonlyPaths = ['/vol/x'])],
        ] as const satisfies [string | undefined, (config: OciConfig) => void][]) {
          const bundle = await place.bundle(privilege, 'notes', (config) => {
            Object.assign(config.process, {
              ...{ args: ['/bin/true'], capabilities: {}, noNewPrivileges: true },
            });
            config.mounts.push(bind('/vol', volume));
            change(config);
          });
          rmSync(link!, { force: true });
          symlinkSync(aim!, link!);
          const child = spawn(swapper, [target!, link!], { stdio: 'ignore' });
          try {
            for (let round = 0; round < rounds; round++)
              ends[(await startOnce(client, bundle)).end]++;
          } finally {
            await stopped(child);
          }
          assert.equal(existsSync(ran!), false, existsSync(ran!) ? readFileSync(ran!, 'utf8') : '');
          // They stopped with either in place.
          const [one] = [target!, link!].filter((name) => !lstatSync(name).isSymbolicLink());
          if (one !== target) renameSync(one!, target!);
        }
        await served.stop();
        tell(ends);
      });

      for (const instead of ['link', 'fifo'] as const)
        it(`never lets a second writer aim a mount elsewhere, or hold a start, by a ${instead} (38)`, async function () {
          const rounds = Math.max(1, Math.ceil(roundsOf(5) / places.length));
          this.timeout(timeoutOf(places.length * rounds));
          const secret = path.join(place.folder, `secret-${privilege}`);
          mkdirSync(secret, { recursive: true });
          writeFileSync(path.join(secret, 'file'), 'SECRET OF THE HOST\n');
          const bundle = await place.bundle(privilege, 'safe', (config) => {
            config.mounts.push(
              { destination: '/race/folder', type: 'tmpfs', source: 'tmpfs' },
              bind('/race/file', '/etc/hostname'),
            );
            config.linux.maskedPaths = ['/race/masked'];
            config.linux.readonlyPaths = ['/race/fixed', '/race/tree'];
            // Who opens the FIFO would wait for a writer.
            const look = instead === 'link' ? 'cat /race/* /race/*/* 2>/dev/null' : 'ls /race';
            config.process.args = ['/bin/sh', '-c', `${look}; cat /proc/self/mountinfo; echo ran`];
          });
          const race = path.join(bundle, 'rootfs/race');
          mkdirSync(race);
          if (privilege !== 'root') place.give(bundle);
          const served = await Served.start(place, privilege);
          const client = await served.connect();
          const ends = { ran: 0, refused: 0 };
          // One place at a time: the others are there, and the start gets as far as it can.
          for (const name of places) {
            const swapper = await swap(race, secret, name, instead);
            try {
              for (let round = 0; round < rounds; round++) {
                const { end, text } = await startOnce(client, bundle);
                ends[end]++;
                assert.doesNotMatch(text, /SECRET/);
                if (end === 'refused') continue;
                assert.match(text, /^ran\r?$/m);
                // A bind of the host's folder would show its path as the root of a mount.
                const roots = text.split('\n').map((line) => line.split(' ')[3] ?? '');
                assert.ok(!roots.some((root) => root.startsWith(secret)), text);
              }
              assert.deepEqual(readdirSync(secret), ['file']);
            } finally {
              await stopped(swapper);
            }
          }
          await served.stop();
          tell(ends);
        });

      it('is one of the two that are renamed, or is refused (38)', async function () {
        const rounds = roundsOf(5);
        this.timeout(timeoutOf(rounds));
        const swapper = path.join(place.folder, 'swapper');
        compile(this, 'swapper.c', swapper);
        const script = 'hostname; cat /name; echo ran';
        const [one, other] = await Promise.all(
          ['one', 'other'].map(async (name) => {
            const bundle = await place.bundle(privilege, 'safe', (config) => {
              config.process.args = ['/bin/sh', '-c', script];
              config.hostname = name;
            });
            writeFileSync(path.join(bundle, 'rootfs/name'), `${name}\n`);
            if (privilege !== 'root') place.give(bundle);
            return bundle;
          }),
        );
        const served = await Served.start(place, privilege);
        const client = await served.connect();
        const ends = { ran: 0, refused: 0 };
        for (const below of ['rootfs', '']) {
          const swapped = [one!, other!].map((bundle) => path.join(bundle, below));
          const child = spawn(swapper, swapped, { stdio: 'ignore' });
          try {
            for (let round = 0; round < Math.ceil(rounds / 2); round++) {
              const { end, text } = await startOnce(client, one!);
              ends[end]++;
              // Which config.json goes with which rootfs is for who may rename them to say.
              if (end === 'ran') assert.match(text, /^(one|other)\r?\n(one|other)\r?\nran\r?$/m);
              else assert.match(text, /changed|no longer|swapped|another|moved|not a bundle/i);
            }
          } finally {
            await stopped(child);
          }
        }
        await served.stop();
        tell(ends);
      });
    });
  }

  it('never has a command of root’s work elsewhere by a folder above that is swapped (6)', async function () {
    const rounds = roundsOf(5);
    this.timeout(timeoutOf(2 * rounds));
    const swapper = path.join(place.folder, 'swapper');
    compile(this, 'swapper.c', swapper);
    const served = await Served.start(place, 'sudo');
    const client = await served.connect();
    const victim = path.join(place.folder, 'victim');
    mkdirSync(path.join(victim, 'box/rootfs'), { recursive: true });
    const files = ['box/shadow', 'box/rootfs/shadow'].map((name) => path.join(victim, name));
    for (const file of files) writeFileSync(file, 'secret', { mode: 0o600 });
    for (const [method, options] of [
      ['takeOwnership', { path: '/' }],
      ['deleteBundle', {}],
    ] as const) {
      let bundle = '';
      for (let round = 0; round < rounds; round++) {
        // Left of the round before, where it was refused.
        if (!existsSync(bundle)) {
          bundle = await place.bundle('sudo');
          symlinkSync(victim, `${path.dirname(bundle)}.link`);
        }
        const above = path.dirname(bundle);
        const link = `${above}.link`;
        const child = spawn(swapper, [above, link], { stdio: 'ignore' });
        const refusal = await client.rpc.request(method, { bundle, ...options }).then(
          () => undefined,
          (error: Error) => error.message,
        );
        await stopped(child);
        if (lstatSync(above).isSymbolicLink()) {
          renameSync(above, `${above}.moved`);
          renameSync(link, above);
          renameSync(`${above}.moved`, link);
        }
        if (refusal !== undefined)
          assert.match(refusal, /no longer what it was|not a bundle|config/);
        for (const file of files) assert.equal(statSync(file).uid, 0);
      }
    }
    await served.stop();
  });
});

/** One start, to the end of the container or to the refusal. What it printed, or what the refusal says. */
async function startOnce(
  client: Client,
  bundle: string,
): Promise<{ end: 'ran' | 'refused'; text: string }> {
  const over = client.next('containerChanged', ({ state }) => state === 'stopped');
  try {
    const { console: stream } = await client.start(bundle);
    const output = await client.rpc.openStream(stream, size);
    let text = '';
    output.setEncoding('utf8').on('data', (more: string) => (text += more));
    output.resume();
    await once(output, 'close');
    await over;
    return { end: 'ran', text };
  } catch (error) {
    return { end: 'refused', text: (error as Error).message };
  }
}

function tell({ ran, refused }: { ran: number; refused: number }): void {
  console.log(`      ${ran} ran, ${refused} were refused`);
}

function bind(destination: string, source: string): OciConfig['mounts'][number] {
  return { destination, type: 'bind', source, options: ['bind'] };
}

/**
 * Puts a folder or file, and a link to one of the host or a FIFO, in each other's place as fast as it can. Resolves
 * once it has begun.
 */
async function swap(
  race: string,
  secret: string,
  name: (typeof places)[number],
  instead: 'link' | 'fifo',
): Promise<ChildProcess> {
  const isFolder = name === 'folder' || name === 'tree';
  const fifo = path.join(path.dirname(race), `fifo-${name}`);
  if (instead === 'fifo') spawnSync('mkfifo', ['-m', '666', fifo]);
  // A start may make the place while it is away: then a rename fails, and it begins anew.
  const script = `
const fs = require('fs');
const [place, target, fifo, isFolder] = process.argv.slice(1);
const [other, aside] = [place + '.other', place + '.aside'];
const passing = ['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'EBUSY', 'ENOENT', 'EPERM'];
for (let said = false; ; ) {
  try {
    for (const one of [place, other, aside]) fs.rmSync(one, { recursive: true, force: true });
    if (isFolder) fs.mkdirSync(place);
    else fs.writeFileSync(place, '');
    if (!said) fs.writeSync(1, 'swapping');
    said = true;
    for (;;) {
      if (fifo) fs.linkSync(fifo, other);
      else fs.symlinkSync(target, other);
      fs.renameSync(place, aside);
      fs.renameSync(other, place);
      fs.unlinkSync(place);
      fs.renameSync(aside, place);
    }
  } catch (error) {
    if (!passing.includes(error.code)) throw error;
  }
}`;
  const words = [
    path.join(race, name),
    isFolder ? secret : `${secret}/file`,
    instead === 'fifo' ? fifo : '',
    ...(isFolder ? ['folder'] : []),
  ];
  const child = spawn(process.execPath, ['-e', script, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  assert.equal(child.exitCode, null, 'the second writer wrote to the end');
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}
