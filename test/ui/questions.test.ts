/**
 * Ten questions that somebody asks who meets containers for the first time: each is answered by what stands on
 * the screen, and the kernel says the same when the test asks it itself.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { Window, makeContainersOf, prompt, useWindow } from './window';

/** All of its shells are there when it has run: each cell is typed into the one before. */
const lesson = `# Ten questions

\`\`\`sh
unshare --uts sh
\`\`\`

\`\`\`sh
hostname inside
\`\`\`

\`\`\`sh
unshare --pid --mount --fork --mount-proc sh
\`\`\`

\`\`\`sh
mkdir -p box/proc && mount -t proc none box/proc
\`\`\`

\`\`\`sh
setpriv --reuid=1000 --regid=1000 --clear-groups unshare --user --map-root-user sh
\`\`\`

\`\`\`sh
unshare --pid bash --norc
\`\`\`
`;

const types = ['pid', 'mnt', 'uts', 'ipc', 'net', 'user', 'cgroup', 'time'];

describe('ten questions', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;
  /** Of the container, as this machine counts it: read from /proc alone. */
  let init: number;
  let sh: number;
  /** Evidence of the lesson, in the order of its cells. */
  const evidence: string[] = [];
  useWindow(
    () =>
      Window.open({
        prepare: async (parent) => {
          await makeContainersOf('hand', parent, 'hand');
          writeFileSync(path.join(parent, 'questions.md'), lesson);
        },
      }),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    await workbench.page.setViewportSize({ width: 1700, height: 1000 });
    await workbench.openViewContainer('Terrarium');
    await workbench.treeAction('Containers', 'hand', 'Start Container');
    await workbench.waitForTerminal(prompt);
    sh = Number(pidsWithRoot(path.join(window.workspace, 'hand/rootfs')));
    init = pidsWhere(
      (pid) => numbersOf(pid).at(-1) === 1 && link(pid, 'pid') === link(sh, 'pid'),
    )[0]!;
  });

  const page = () => workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
  const pidsWhere = (is: (pid: number) => boolean) =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => {
        try {
          return is(pid);
        } catch {
          return false; // it has ended meanwhile
        }
      });
  const pidsWithRoot = (root: string) =>
    pidsWhere((pid) => readlinkSync(`/proc/${pid}/root`) === root)[0];
  const link = (pid: number | 'self', type: string) => readlinkSync(`/proc/${pid}/ns/${type}`);
  const status = (pid: number, key: string) =>
    new RegExp(`^${key}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  const numbersOf = (pid: number) => status(pid, 'NSpid').split(/\s+/).map(Number);
  const comm = (pid: number) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  const sharedBy = (pid: number) => types.filter((type) => link(pid, type) === link('self', type));
  /** The process in front, as the evidence names it. */
  const frontOf = (text: string) => Number(/^process in front\s.*?(\d+)\s+changed/m.exec(text)![1]);
  const cells = async (row: RegExp) =>
    (
      await page().locator('tbody tr', { hasText: row }).first().locator('th, td').allInnerTexts()
    ).map((text) => text.replaceAll(/\s+/g, ' ').trim());

  /** What is asked of the evidence below. */
  const changes = {
    uts: /UTS namespace/,
    hostname: /^hostname\s/m,
    pid: /^PID namespace\s/m,
    secondProc: /New: proc on .*\/box\/proc/,
    user: /^user inside · outside\s/m,
    children: /PID namespace of its children/,
  };

  /** Reads what is drawn, and scrolls back for the rest: VS Code draws what is on the screen alone. */
  async function runLesson(): Promise<void> {
    await workbench.page.keyboard.press('Control+P');
    await workbench.quickInput('questions.md', { accept: false });
    await workbench.pick('questions.md');
    await workbench.page
      .locator('.editor-instance .view-lines')
      .getByText('Ten questions')
      .waitFor();
    await workbench.command('Terrarium: Open as Lesson');
    await workbench.page.locator('.notebookOverlay .cell-list-container').waitFor();
    await workbench.command('Notebook: Run All');
    const tables = page().locator('.terrarium-evidence');
    const seen = new Set<string>();
    const isSeen = (pattern: RegExp) => [...seen].some((text) => pattern.test(text));
    await workbench.page.locator('.notebookOverlay .cell-list-container').hover();
    let scrolled = 0;
    await workbench.until(
      async () => {
        for (const text of await tables.allInnerTexts()) seen.add(text);
        // It has run to its end: up to its beginning, and down again.
        if (isSeen(changes.children) && !Object.values(changes).every(isSeen))
          await workbench.page.mouse.wheel(0, scrolled++ % 60 < 30 ? -300 : 300);
      },
      () => Object.values(changes).every(isSeen),
      60_000,
      () => `Seen:\n${[...seen].join('\n---\n')}`,
    );
    evidence.push(...seen);
  }

  const evidenceWith = (pattern: RegExp) => {
    const found = evidence.find((text) => pattern.test(text));
    assert.ok(found !== undefined, `No evidence has ${pattern}:\n${evidence.join('\n---\n')}`);
    return found;
  };

  it('what is PID 1', async () => {
    const isFirst = ({ description }: { description: string }) => /^PID 1\b/.test(description);
    const rows = await workbench.waitForTree('Processes', (all) => all.some(isFirst));
    const row = rows.find(isFirst)!;
    assert.equal(row.label, comm(init));
    assert.equal(row.label, 'bash');
    assert.match(row.description, new RegExp(`host ${init}\\b`));
  });

  it('where is its root, and who reaps', async () => {
    const container = workbench.treeRow('Containers', 'hand');
    await workbench.chooseFromMenu(container, 'What Each Process Sees');
    await page().locator('tbody tr', { hasText: 'PID 1' }).waitFor();
    await page()
      .locator('tbody tr', { hasText: /^\s*sh/ })
      .waitFor();
    // A row is there before all of its values have been read.
    const shows = (row: RegExp, expected: RegExp) =>
      workbench.until(
        async () => (await cells(row)).join(' | '),
        (text) => expected.test(text),
        15_000,
        (text) => `${text} is not ${expected}`,
      );
    await shows(/PID 1/, /\/ of the machine/);
    assert.equal(statSync(`/proc/${init}/root`).ino, statSync('/').ino);
    await shows(/^\s*sh/, new RegExp(` \\| bash ${status(sh, 'PPid')}\\b`));
    assert.equal(Number(status(sh, 'PPid')), init);
    await page()
      .locator('tbody tr', { hasText: /^\s*sh/ })
      .first()
      .locator('td')
      .first()
      .click();
    await page()
      .getByText(/told when .* ends, and asks for its exit status/)
      .waitFor();
    await window.picture('questions-sights');
    await workbench.command('View: Close All Editors');
  });

  it('what chroot does not stop, and what is shared with the machine', async () => {
    await workbench.command('Terrarium: Show Containers as a Picture');
    const shape = (name: RegExp) => page().getByRole('treeitem', { name }).first();
    await shape(/^root: hand\/rootfs, chroot: the way out is open$/).waitFor();
    // PID 1 has the machine's root, and root inside may follow it there.
    const out = execFileSync('nsenter', [
      ...['-t', String(sh), '--pid', '--mount', '--root', '--wd'],
      ...['/bin/busybox', 'chroot', '/proc/1/root', '/bin/cat', '/etc/hostname'],
    ]);
    assert.equal(out.toString(), readFileSync('/etc/hostname', 'utf8'));
    const says = async () => [
      await shape(/^this machine/).getAttribute('aria-label'),
      await shape(/^hand, /).getAttribute('aria-label'),
    ];
    const said = await workbench.until(
      async () => (await says()).join(' '),
      (text) => sharedBy(sh).every((type) => text.includes(words[type]!)),
      15_000,
      (text) => `${text} is to name ${String(sharedBy(sh))}`,
    );
    const own = /own: ([^,.]*)/.exec(said)![1]!;
    for (const type of sharedBy(sh)) assert.doesNotMatch(own, new RegExp(words[type]!), type);
    await window.picture('questions-picture');
    await workbench.command('View: Close All Editors');
  });
  const words: Readonly<Record<string, string>> = {
    ...{ pid: 'PID', mnt: 'mount', uts: 'UTS', ipc: 'IPC', net: 'network' },
    ...{ user: 'user', cgroup: 'cgroup', time: 'time' },
  };

  it('what would leak without a mount namespace', async () => {
    await runLesson();
    const text = evidenceWith(changes.uts);
    assert.match(text, /^other namespaces\s.*mnt.*\s+the machine’s\s+shared/m);
    assert.match(text, /what it mounts is mounted for the machine/i);
    assert.equal(link(frontOf(text), 'mnt'), link('self', 'mnt'));
  });

  it('what did that command change', () => {
    const text = evidenceWith(changes.hostname);
    const [, before, after] = /^hostname\s+(\S+)\s+(\S+)\s+changed/m.exec(text)!;
    const uts = frontOf(evidenceWith(changes.uts));
    const inside = execFileSync('nsenter', ['-t', String(uts), '--uts', 'hostname']);
    assert.deepEqual([before, after], [hostname(), inside.toString().trim()]);
    assert.match(text, /the machine has kept its own/);
  });

  it('why two /proc', () => {
    const [own, second] = [evidenceWith(changes.pid), evidenceWith(changes.secondProc)];
    const mounts = readFileSync(`/proc/${frontOf(own)}/mountinfo`, 'utf8');
    const places = mounts
      .split('\n')
      .flatMap((line) => (/ - proc /.test(line) ? [line.split(' ')[4]!] : []));
    assert.equal(places.filter((place) => place === '/proc').length >= 1, true);
    assert.ok(places.some((place) => second.includes(place) && place.endsWith('/box/proc')));
    assert.match(own, /^\/proc\s+\d+ processes\s+1 process\s/m);
    assert.match(own, /Each lists the processes of one PID namespace, and ps shows those/);
  });

  it('who am I outside', () => {
    const text = evidenceWith(changes.user);
    const [, inside, outside] = /^user inside · outside\s+\S+\s+(\d+) · (\d+)/m.exec(text)!;
    const pid = frontOf(text);
    assert.equal(outside, status(pid, 'Uid').split(/\s/)[0]);
    const [, first, mapped] = /(\d+)\s+(\d+)/.exec(readFileSync(`/proc/${pid}/uid_map`, 'utf8'))!;
    assert.deepEqual([inside, outside], [first, mapped]);
    assert.match(text, new RegExp(`Root in it is user ${outside} of the machine`));
  });

  it('why --fork', async () => {
    const text = evidenceWith(changes.children);
    assert.match(
      text,
      /only its children are born in the new PID namespace\. That is what --fork is for/,
    );
    const children = (pid: number) => {
      try {
        return link(pid, 'pid_for_children');
      } catch {
        return 'one without a process';
      }
    };
    const pid = frontOf(text);
    assert.notEqual(children(pid), link(pid, 'pid'));
    await window.picture('questions-lesson');
  });
});
