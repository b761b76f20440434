// Each lesson that comes along runs to its end against the real kernel, as root, with sudo and a password, and
// rootless, and what it says holds.
import assert from 'node:assert/strict';
import {
  chownSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { lessonPrivileges } from '../../src/core/lesson/lessonFor';
import { lessonsAlong } from '../../src/ui/model/lessonsAlong';
import { Workplace, until } from './containers';
import { lessonAnswers } from './lessonAnswers';
import { runLesson } from './runLesson';
import { type Client, Served } from './serving';

/** What a lesson could change. Not all of `hostState`: the helpers, which go on, have programs that wait. */
function machine() {
  return { mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n'), hostname: hostname() };
}

/** PIDs of what has its working directory in a folder. */
function workingIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false; // it has ended, or is a thread of the kernel
    }
  });
}

const lessons = lessonsAlong((text) => text);

describe('lessons that come along', function () {
  this.timeout(60_000);
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
    // The virtual machine (vm-init.sh) has no systemd, which hands the controller on elsewhere.
    if (hostname() === 'machine') writeFileSync('/sys/fs/cgroup/cgroup.subtree_control', '+pids');
  });
  after(() => place?.close());

  it('are all offered, by their headings, and checked here', () => {
    const names = lessons.map(({ file }) => file).sort();
    assert.deepEqual(readdirSync('media/lessons').sort(), names);
    assert.deepEqual(
      Object.keys(lessonAnswers)
        .map((name) => `${name}.md`)
        .sort(),
      names,
    );
    for (const { file, title } of lessons)
      assert.ok(readFileSync(`media/lessons/${file}`, 'utf8').startsWith(`# ${title}\n`), file);
  });

  for (const privilege of lessonPrivileges)
    describe(privilege, () => {
      let own: Served, asRoot: Served;
      let client: Client, reader: Client;
      let folder: string;
      let machineBefore: ReturnType<typeof machine>;
      before(async () => {
        own = await Served.start(place, privilege === 'root' ? 'root' : 'rootless');
        asRoot = await Served.start(place, 'root');
        machineBefore = machine();
      });
      after(async () => {
        await own?.stop();
        await asRoot?.stop();
      });
      beforeEach(async () => {
        client = await own.connect();
        reader = privilege === 'rootless' ? client : await asRoot.connect();
        folder = mkdtempSync(path.join(tmpdir(), 'terrarium-lesson-'));
        if (privilege !== 'root') chownSync(folder, place.user.uid, place.user.gid);
      });
      afterEach(async () => {
        client.close(); // one that has failed has not been ended
        await until('no process of the lesson is left', () => workingIn(folder).length === 0);
        assert.deepEqual(machine(), machineBefore, 'the machine is as it was');
        rmSync(folder, { recursive: true });
      });

      for (const [name, check] of Object.entries(lessonAnswers))
        it(name, async () => {
          const runs = await runLesson(name, { privilege, client, reader, cwd: folder, place });
          const outside = privilege === 'rootless' ? place.user.uid : 0;
          check(runs, {
            privilege,
            folder,
            outside,
            user: privilege === 'root' ? 0 : place.user.uid,
          });
        });
    });
});
