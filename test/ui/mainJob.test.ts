/**
 * The whole of it, as a person does it: make a container, start it, type into it, watch and kill a
 * process, edit a file of it, end it. With each of the three privileges.
 */
import assert from 'node:assert/strict';
import { lstatSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { TreeRow, Workbench } from '../host/workbench.mjs';
import { temporaryUser } from '../host/index.mjs';
import { hostState } from '../system/containers';
import { assertSameHost } from './sameHost';
import { Window, requireRoot } from './window';

/** What a person with this privilege meets on the way to the first prompt. */
interface Person {
  readonly title: string;
  readonly startingPoint: 'A root of its own' | 'Safe';
  /** In the description of the running container. */
  readonly privilege: string;
  open(): Promise<Window>;
  /** From "Start Container" to the steps of the start. */
  authorize(window: Window): Promise<void>;
  /** Owner of what the container writes, as the host sees it. */
  owner(): number;
}

type User = Awaited<ReturnType<typeof temporaryUser>>;

describe('the main job', function () {
  this.timeout(240_000);
  let user: User;
  before(async function () {
    requireRoot(this);
    user = await temporaryUser({ sudo: true });
  });
  after(() => user?.remove());

  const asRoot: Person = {
    title: 'as root',
    startingPoint: 'A root of its own',
    privilege: 'root',
    open: () => Window.open(),
    authorize: () => Promise.resolve(),
    owner: () => 0,
  };
  const withSudo: Person = {
    title: 'as a user with sudo and a password',
    startingPoint: 'A root of its own',
    privilege: 'sudo',
    open: () => Window.open({ user }),
    authorize: async (window) => {
      const { workbench } = window;
      await workbench.pick('sudo');
      await workbench.waitForTerminal(/password for/);
      await window.picture('sudo');
      await workbench.typeInTerminal(`${user.password}\n`);
    },
    owner: () => 0,
  };
  const rootless: Person = {
    title: 'rootless, as a user',
    startingPoint: 'A root of its own',
    privilege: 'rootless',
    open: () => Window.open({ user }),
    authorize: ({ workbench }) => workbench.pick('rootless'),
    owner: () => user.uid,
  };

  const safe: Person = { ...rootless, title: 'rootless and safe', startingPoint: 'Safe' };

  for (const person of [asRoot, withSudo, rootless, safe]) {
    describe(person.title, () => {
      let window: Window;
      let workbench: Workbench;
      let hostBefore: ReturnType<typeof hostState>;
      const name = 'mycontainer1';
      const inRootfs = (file: string) => path.join(window.workspace, name, 'rootfs', file);
      const picture = (of: string) => window.picture(`${of}-${person.title.replace(/\W+/g, '-')}`);

      before(async () => {
        hostBefore = hostState();
        window = await person.open();
        ({ workbench } = window);
      });
      after(async () => {
        if (!window) return;
        await window.close();
        await assertSameHost(hostBefore);
      });
      afterEach(async function () {
        await window.keepFailure(this);
      });

      it('welcomes whoever opens the sidebar first', async () => {
        await workbench.openViewContainer('Terrarium');
        await workbench.view('Containers').getByText('No container here yet').waitFor();
        await workbench
          .view('Processes')
          .getByText('PIDs in the container and on this machine')
          .waitFor();
        await picture('welcome');
      });

      it('makes a container from the palette, and opens its config.json', async () => {
        await workbench.command('Terrarium: New Container…');
        await workbench.quickInput(name);
        await workbench.pick(person.startingPoint);
        await workbench.notification(/is ready/);
        await workbench.page
          .locator('.editor-instance .view-lines')
          .getByText('ociVersion')
          .waitFor();
        await picture('config');
        assert.ok(lstatSync(inRootfs('bin/busybox')).isFile());
        for (const applet of ['sh', 'ls', 'ps', 'echo'])
          assert.ok(lstatSync(inRootfs(`bin/${applet}`)).isSymbolicLink(), applet);
      });

      it('starts it, showing every step, and hands over to its shell', async () => {
        await workbench.command('Terrarium: Start Container');
        await person.authorize(window);
        const text = await workbench.waitForTerminal(/^\/ # $/m);
        assert.match(text, /^# Create the namespaces/m);
        assert.match(text, /^\$ (setpriv .* )?unshare .*--pid --mount --uts --ipc/m);
        assert.match(text, /^\$ .*mount .*-t proc/m);
        assert.match(text, /pivot_root \. \./);
        assert.match(text, /^\$ \/bin\/sh$/m);
        await workbench.waitForTree('Containers', ([row]) =>
          Boolean(row?.description.startsWith(`running · ${person.privilege}`)),
        );
        await workbench.command('View: Toggle Maximized Panel');
        await window.picture(`start-${person.privilege}`);
        await workbench.command('View: Toggle Maximized Panel');
      });

      it('passes the test of the notes', async () => {
        const typed = async (line: string, answer: RegExp) => {
          await workbench.typeInTerminal(`${line}\n`);
          return workbench.waitForTerminal(answer);
        };
        await typed('ls', /bin +dev +etc +proc +root +sys +tmp/);
        await typed('echo "I am $$"', /^I am 1$/m);
        const seen = await typed('ps', /PID +USER[^]*\bps\b/);
        const listed = [...seen.matchAll(/^ +(\d+) root .*$/gm)].map(([, pid]) => Number(pid));
        assert.equal(listed[0], 1);
        assert.ok(listed.length <= 3, `ps lists more than its own: ${listed.join(', ')}`);
        const before = hostname();
        if (person.startingPoint === 'Safe') {
          await typed('hostname sag', /sethostname: Operation not permitted/);
        } else {
          await typed('hostname sag; echo "now $(hostname)"', /^now sag$/m);
        }
        assert.equal(hostname(), before);
      });

      it('shows its processes, with both PIDs', async () => {
        await workbench.typeInTerminal('sleep 1000 &\n');
        const sleep = await rowOf(workbench, 'sleep 1000');
        const [, inside, outside] = /PID (\d+) · host (\d+)/.exec(sleep.description) ?? [];
        assert.ok(inside && outside, sleep.description);
        const status = readFileSync(`/proc/${outside}/status`, 'utf8');
        assert.match(status, /^Name:\tsleep$/m);
        assert.match(status, new RegExp(`^NSpid:.*\\t${inside}$`, 'm'));
        await picture('running');
      });

      it('kills one from its row, and the row goes', async () => {
        await workbench.treeAction('Processes', 'sleep 1000', 'Stop Process');
        // A zombie until its parent asks for its status, which a shell does before its next prompt.
        await workbench.waitForTree('Processes', (rows) =>
          rows.every(
            ({ label, description }) =>
              !label.startsWith('sleep') || description.startsWith('zombie'),
          ),
        );
        await workbench.typeInTerminal('\n');
        await workbench.waitForTree(
          'Processes',
          (rows) =>
            rows.some(({ label }) => label === 'sh') &&
            !rows.some(({ label }) => label.startsWith('sleep')),
        );
        await workbench.waitForTerminal(/Terminated +sleep 1000/);
      });

      it('shows inside what is saved in the editor', async () => {
        await workbench.page.keyboard.press('Control+P');
        await workbench.quickInput('motd', { accept: false });
        await workbench.pick('motd');
        await workbench.page
          .locator('.editor-instance .view-lines')
          .getByText('a container')
          .waitFor();
        await workbench.rewriteEditor('Written in the editor', inRootfs('etc/motd'));
        await workbench.typeInTerminal('cat /etc/motd; echo\n');
        await workbench.waitForTerminal(/^Written in the editor$/m);
        await picture('edit');
      });

      it('shows outside what the container writes, and whose it is', async () => {
        await workbench.typeInTerminal('echo from inside > /root/note; echo done\n');
        await workbench.waitForTerminal(/^done$/m);
        assert.equal(readFileSync(inRootfs('root/note'), 'utf8'), 'from inside\n');
        // The window that has made the container watches its files.
        await workbench.typeInTerminal('echo Written inside > /etc/motd\n');
        await workbench.page
          .locator('.editor-instance .view-lines')
          .getByText('Written inside')
          .waitFor();
        assert.equal(lstatSync(inRootfs('root/note')).uid, person.owner());
        assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(window.workspace));
      });

      it('opens a further shell without a password', async () => {
        await workbench.command('Terrarium: Open Shell in Container');
        await workbench.waitForTerminal(/^(?![^]*sleep 1000)[^]*\/ #/); // no longer the console
        await workbench.typeInTerminal('echo "I am not $((1 == $$))"; exit\n');
        const text = await workbench.waitForTerminal(/^I am not 0$[^]*ended with exit code 0/m);
        assert.doesNotMatch(text, /password/);
        await workbench.typeInTerminal('\n'); // closes the terminal, and the console is back
      });

      it('says how it ended after exit', async () => {
        await workbench.waitForTerminal(/sleep 1000/);
        await workbench.typeInTerminal('exit 3\n');
        await workbench.waitForTerminal(/ended with exit code 3/);
        await workbench.waitForTree('Containers', ([row]) =>
          Boolean(row?.description.startsWith('stopped')),
        );
        await picture('ended');
      });

      it('starts again without a password and stops from the view', async () => {
        await workbench.treeAction('Containers', name, 'Start Container');
        await workbench.waitForTree('Containers', ([row]) =>
          Boolean(row?.description.startsWith('running')),
        );
        await workbench.treeAction('Containers', name, 'Stop Container');
        await workbench.waitForTree('Containers', ([row]) =>
          Boolean(row?.description.startsWith('stopped')),
        );
        await workbench
          .view('Processes')
          .getByText('PIDs in the container and on this machine')
          .waitFor();
      });
    });
  }
});

/** The row of a process, which may be below one that is closed. */
async function rowOf(workbench: Workbench, label: string): Promise<TreeRow> {
  const shell = workbench.treeRow('Processes', 'sh');
  await workbench.waitForTree('Processes', (rows) =>
    rows.some((row) => row.label === 'sh' && row.expanded !== undefined),
  );
  const [row] = (await workbench.treeRows('Processes')).filter((one) => one.label === 'sh');
  if (row?.expanded === false) await shell.locator('.monaco-tl-twistie').click();
  const rows = await workbench.waitForTree('Processes', (all) =>
    all.some((one) => one.label === label),
  );
  return rows.find((one) => one.label === label)!;
}
