// Explore
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lessonPrivileges } from '../../src/core/lesson/lessonFor';
import { Workplace } from './containers';
import { runLesson } from './runLesson';
import { type Client, Served } from './serving';

describe('lessons that come along', function () {
  this.timeout(120_000);
  let place: Workplace;
  before(async function () {
    place = await Workplace.open(this);
  });
  after(() => place?.close());

  for (const privilege of lessonPrivileges)
    describe(privilege, () => {
      let own: Served, asRoot: Served, client: Client, reader: Client;
      let folder: string;
      before(async () => {
        own = await Served.start(place, privilege === 'root' ? 'root' : 'rootless');
        asRoot = await Served.start(place, 'root');
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
      afterEach(() => rmSync(folder, { recursive: true, force: true }));
      for (const name of readdirSync('media/lessons').map((one) => one.replace('.md', '')))
        it(name, async () => {
          const options = { privilege, client, reader, cwd: folder, place };
          for (const { typed, output, evidence } of await runLesson(name, options))
            console.log(`$ ${typed}\n${output}---\n${evidence}\n======`);
        });
    });
});
