/**
 * The script that runs steps, with stubs in place of what needs privileges: what it runs where and in which
 * order, what it reports, and what it refuses. Run by itself in each of the shells that can be /bin/sh.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeSteps } from '../../../../src/core/sequence/encodeSteps';
import type { Operation } from '../../../../src/core/sequence/operation';
import { type Step, bashAlone } from '../../../../src/core/sequence/step';
import stepsScript from '../../../../src/core/sequence/steps.sh';
import { findTool } from '../../../../src/helper/host/hostTools';
import { skipBecause } from '../../../skip';
import { plant, temporaryFolder } from '../bundle/temporaryFolder';

/** Its pipes, from this one's: reports to standard output, words from standard input. */
const pipes = 'exec 3>&1 4<&0; exec "$@"';

/** Says where it was called and how. */
const mountStub = `#!/bin/sh
printf '%s mount %s\\n' "\${PWD#"$FOLDER"}" "$*" >>"$FOLDER/log"
[ ! -e "$FOLDER/fails" ] || { cat "$FOLDER/fails" >&2; exit 32; }
`;
const stub = (name: string) =>
  `#!/bin/sh\nprintf '%s ${name} %s\\n' "\${PWD#"$FOLDER"}" "$*" >>"$FOLDER/log"\n`;

const step = (operation: Operation, more: Partial<Step> = {}): Step =>
  ({ id: 'x', where: 'namespaces', why: '', cwd: '/', ...operation, ...more }) as Step;
const mount = (cwd: string, type: string) =>
  step({ kind: 'mount', type, source: type, name: '.', options: [] }, { cwd });

const shells: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash', ...bashAlone]];

for (const [shell, ...options] of shells)
  describe(`steps.sh in ${shell}`, () => {
    const folder = temporaryFolder();
    const root = () => path.join(folder(), 'root');
    beforeEach(function () {
      if (!findTool(shell)) skipBecause(this, `there is no ${shell}`);
      plant(folder(), {
        root: null,
        'bin/mount': mountStub,
        'bin/hostname': stub('hostname'),
      });
    });

    /** What it reports (without the PID, which is its own), how it ended, and what the stubs saw. */
    function run(words: readonly string[], rootfs = root()) {
      const env = {
        PATH: `${path.join(folder(), 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
        LC_ALL: 'C',
        FOLDER: folder(),
      };
      const words0 = ['sh', findTool(shell)!, ...options, '-c', stepsScript, 'sh'];
      const argv = ['-c', pipes, ...words0, rootfs, ...words];
      const { status, stdout, stderr } = spawnSync('/bin/sh', argv, {
        ...{ input: '', env, encoding: 'utf8', cwd: folder() },
        timeout: 5000,
      });
      const log = path.join(folder(), 'log');
      const seen = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
      const reports = stdout.trimEnd().split('\n');
      return { status, stderr, seen, reports: reports.filter((line) => !/^pid \d+$/.test(line)) };
    }
    const fails = (message: string) => writeFileSync(path.join(folder(), 'fails'), message);

    it('runs each step in its folder, in order, and hands over in the root', () => {
      const steps = [
        mount('/', 'tmpfs'),
        step({ kind: 'setName', program: 'hostname', value: '$(id) `id` "x"' }),
        mount('/srv/data', 'proc'),
      ];
      const result = run([...encodeSteps(steps, 4), 'sh', '-c', 'echo "handed over in $PWD"']);
      assert.deepEqual(result, {
        ...{ status: 0, stderr: '' },
        seen: [
          '/root mount -icn -t tmpfs tmpfs .',
          '/root hostname $(id) `id` "x"',
          '/root/srv/data mount -icn -t proc proc .',
        ],
        reports: [
          ...['step 4', 'done 4', 'step 5', 'done 5', 'step 6', 'done 6'],
          `handed over in ${root()}`,
        ],
      });
    });

    it('reports its own PID on the host before everything else', () => {
      const argv = ['-c', pipes, 'sh', findTool(shell)!, ...options, '-c', stepsScript];
      const { stdout } = spawnSync(
        '/bin/sh',
        [...argv, 'sh', root(), 'end', 'sh', '-c', 'echo $$'],
        { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } },
      );
      assert.match(stdout, /^pid (\d+)\n\1\n$/);
    });

    it('ends with the step that failed, and its exit code', () => {
      fails('mount: no.\n');
      const steps = [mount('/', 'tmpfs'), step({ kind: 'createFolder' })];
      const { status, stderr, reports } = run([...encodeSteps(steps, 0), 'echo', 'on']);
      assert.deepEqual(reports, ['step 0', 'fail 0 32']);
      assert.deepEqual([status, stderr], [125, 'mount: no.\n']);
    });

    for (const [what, cwd, tree, where] of [
      ['a symlink', '/etc', { 'root/etc': '-> /tmp' }, 'symlink'],
      ['a symlink on the way', '/a/b', { 'root/a': '-> .', 'root/b': null }, 'symlink'],
      ['a file in the place of a folder', '/a', { 'root/a': 'x' }, 'missing'],
      [
        'a folder that becomes a symlink meanwhile',
        '/new',
        { 'bin/mkdir': '#!/bin/sh\nexec ln -s /tmp ./new\n' },
        'moved',
      ],
    ] as const)
      it(`refuses ${what} before anything is mounted`, () => {
        plant(folder(), tree);
        const { status, seen, reports } = run(encodeSteps([mount(cwd, 'proc')], 7));
        assert.deepEqual([status, seen, reports], [125, [], [`refuse 7 ${where}`]]);
      });

    it('refuses a way out', () => {
      const { status, seen, reports } = run(encodeSteps([mount('/../x', 'proc')], 7));
      assert.deepEqual([status, seen, reports], [125, [], ['refuse 7 ..']]);
    });

    it('refuses a rootfs that is reached through a symlink', () => {
      plant(folder(), { link: '-> root' });
      const rootfs = path.join(folder(), 'link');
      const { status, reports } = run(encodeSteps([mount('/', 'proc')], 0), rootfs);
      assert.deepEqual([status, reports], [125, ['refuse 0 rootfs']]);
    });

    for (const [guard, names] of [
      ['if-directory:a', ['folder']],
      ['if-file:a', ['file']],
    ] as const)
      it(`leaves a step with ${guard} where that is something else`, () => {
        const trees = {
          ...{ folder: { 'root/d/a': null }, file: { 'root/d/a': 'x' } },
          ...{ link: { 'root/d/a': '-> /tmp' }, nothing: { 'root/d/b': 'x' }, none: {} },
        };
        for (const [name, tree] of Object.entries(trees)) {
          spawnSync('rm', ['-r', '-f', path.join(root(), 'd')]);
          plant(folder(), tree);
          const operation = { kind: 'remount', name: './a', options: ['ro'] } as const;
          const { status, reports } = run(encodeSteps([step(operation, { cwd: '/d', guard })], 0));
          const expected = (names as readonly string[]).includes(name) ? ['step 0', 'done 0'] : [];
          assert.deepEqual([status, reports], [0, expected], name);
        }
      });

    describe('a mount on a file that others may swap', () => {
      const held = step({
        kind: 'bind',
        source: '/dev/null',
        name: './f',
        options: [],
        pinned: true,
      });

      it('is made on the open file', () => {
        plant(folder(), { 'root/f': 'x' });
        const { status, seen } = run(encodeSteps([held], 0));
        assert.deepEqual(
          [status, seen],
          [0, ['/root mount -icn --bind /dev/null /proc/self/fd/5']],
        );
      });

      it('is refused on a symlink, and fails on a FIFO without waiting for it', () => {
        plant(folder(), { 'root/f': '-> /etc/passwd' });
        assert.deepEqual(run(encodeSteps([held], 0)).reports, ['step 0', 'refuse 0 symlink']);
        spawnSync('sh', ['-c', 'rm "$1" && mkfifo "$1"', 'sh', path.join(root(), 'f')]);
        const { status, seen, stderr, reports } = run(encodeSteps([held], 0));
        assert.deepEqual([status, seen], [125, []]);
        assert.deepEqual([stderr, reports], ['./f is a FIFO\n', ['step 0', 'fail 0 1']]);
      });
    });

    it('makes files and links, and leaves what is there', () => {
      plant(folder(), { 'root/kept': 'kept', 'root/link': '-> kept' });
      const { status, stderr } = run(
        encodeSteps(
          [
            step({ kind: 'createFiles', names: ['./new', './kept'] }),
            step({
              kind: 'symlinks',
              links: [
                ['/proc/self/fd', './fd'],
                ['no', './link'],
              ],
            }),
            step({ kind: 'write', file: path.join(root(), 'said'), text: '$x' }),
          ],
          0,
        ),
      );
      assert.deepEqual([status, stderr], [0, '']);
      const read = (name: string) => readFileSync(path.join(root(), name), 'utf8');
      assert.deepEqual(['new', 'kept', 'link', 'said'].map(read), ['', 'kept', 'kept', '$x\n']);
    });
  });
