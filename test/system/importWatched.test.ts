/** What an import makes in a folder that somebody follows by inotify(7) is followed too, as by VS Code. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EntryOfTest, tarOf } from '../archives';
import { compile } from './compile';
import {
  type TestPrivilege,
  Workplace,
  ended,
  privileges,
  processesWith,
  until,
  usePlace,
} from './containers';
import { differences, manifestOf, sh } from './trees';

describe('importing into a folder that is watched', function () {
  this.timeout(120_000);
  let place: Workplace;
  // Who follows goes on.
  usePlace((opened) => (place = opened), { endChildren: true });
  let follower: string;
  before(function () {
    follower = path.join(place.folder, 'follower');
    compile(this, 'follower.c', follower);
  });

  async function following(privilege: TestPrivilege, folder: string) {
    const who = privilege === 'root' ? 'root' : 'rootless';
    const child = place.startProgram(who, [follower, folder]);
    let told = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (told += String(chunk)));
    const isTold = (line: string) =>
      until(`word of ${line}`, () => told.split('\n').includes(line)).catch((error: unknown) => {
        throw new Error(`It told ${told}`, { cause: error });
      });
    await isTold('ready');
    return { child, isTold };
  }
  const folder = (name: string, mode = 0o755, uid = 0): EntryOfTest => ({
    ...{ name: `${name}/`, type: '5', mode, uid },
  });
  const archive = (privilege: TestPrivilege, ...entries: EntryOfTest[]) => {
    const parent = place.newFolder(privilege);
    const file = path.join(place.folder, `${path.basename(parent)}.tar`);
    writeFileSync(file, tarOf(...entries));
    return { parent, file };
  };
  const start = (privilege: TestPrivilege, ...words: string[]) =>
    place.start(privilege, [
      ...['import', ...(privilege === 'sudo' ? ['--callers-rights'] : [])],
      ...words,
    ]);
  const kill = (child: ChildProcess, signal: NodeJS.Signals) => process.kill(child.pid!, signal);

  for (const privilege of privileges)
    it(`${privilege}: has every folder followed, and is the same tree`, async () => {
      const { parent, file } = archive(
        privilege,
        ...[folder('.', 0o555), folder('a'), folder('a/b', 0o555, 7), folder('a/b/c', 0o1777)],
        // Whom the kernel lets look into it follows it.
        ...[folder('closed', 0o700, 7), folder('closed/in'), folder('closed/in/it')],
        ...[folder('.terrarium'), folder('x'), folder('x/y'), { name: 'x/y/f', content: 'f' }],
        { name: 'x/link', type: '2', linkName: '../a' },
      );
      const { child, isTold } = await following(privilege, parent);
      for (const [name, ...words] of [['plain'], ['box', '--watched']] as const) {
        const { code, stderr } = await ended(
          start(privilege, ...words, file, path.join(parent, name)),
        );
        assert.equal(code, 0, stderr);
      }
      assert.deepEqual(readdirSync(parent).sort(), ['box', 'plain']);
      const bundle = (name: string) => path.join(parent, name);
      const rootfs = (name: string) => manifestOf(path.join(parent, name, 'rootfs'));
      assert.deepEqual(differences(rootfs('plain'), rootfs('box')), []);
      const [{ mode, uid, gid }, same] = [lstatSync(bundle('plain')), lstatSync(bundle('box'))];
      assert.deepEqual([mode, uid, gid], [same.mode, same.uid, same.gid]);
      assert.deepEqual(readdirSync(bundle('plain')), readdirSync(bundle('box')));
      for (const made of ['a/b/c/new', 'x/y/new', 'new'])
        writeFileSync(path.join(parent, 'box/rootfs', made), '');
      for (const made of ['a/b/c/new', 'x/y/new', 'new'])
        await isTold(path.join(parent, 'box/rootfs', made));
      kill(child, 'SIGKILL');
    });

  it('leaves nothing where it is ended on the way, and nothing for the next one where it is killed', async () => {
    const { parent, file } = archive('rootless', folder('a', 0o755, 7), folder('a/b', 0o700, 8));
    const { child } = await following('rootless', parent);
    const importing = async () => {
      // Who follows is stopped, and is waited for.
      kill(child, 'SIGSTOP');
      const started = start('rootless', '--watched', file, path.join(parent, 'box'));
      const end = ended(started);
      await until('the rootfs', () => existsSync(path.join(parent, 'box/rootfs')));
      return { started, end };
    };
    const cancelled = await importing();
    kill(cancelled.started, 'SIGTERM');
    assert.equal((await cancelled.end).code, 125);
    assert.deepEqual(readdirSync(parent), []);
    const killed = await importing();
    kill(killed.started, 'SIGKILL');
    await killed.end;
    assert.equal(existsSync(path.join(parent, 'box/config.json')), false);
    assert.equal(readdirSync(parent).length, 2);
    await until('its end', () => processesWith('rewatch').length === 0);
    const next = await ended(start('rootless', file, path.join(parent, 'next')));
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(readdirSync(parent), ['next']);
    kill(child, 'SIGKILL');
    sh('test -d next/rootfs/a/b', parent);
  });
});
