/**
 * The Processes view with processes that make it hard: a crowd, a zombie, one that calls itself something
 * evil again and again. What a person sees, and that it stays where it is.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { getPriority } from 'node:os';
import path from 'node:path';
import type { TreeRow, Workbench } from '../host/workbench.mjs';
import { compile } from '../system/compile';
import { until } from '../system/containers';
import { Window, useWindow } from './window';

const view = 'Processes';
/** The row of what all processes of a container use. */
const usage = /^All processes$/;

describe('the process tree', function () {
  this.timeout(240_000);
  let window: Window;
  let workbench: Workbench;

  useWindow(
    () => Window.openRunning(),
    (opened) => ({ workbench } = window = opened),
  );
  before(async () => {
    await workbench.waitForTree(view, (rows) => rows.some(isPid1));
  });
  beforeEach(() => asAtFirst());
  afterEach(async function () {
    if (this.currentTest?.isFailed()) await tidyUp();
  });

  /** Of PID 1: an orphan may come to it when its own children have ended, and is reaped where it waits once more. */
  const untilAlone = 'wait; while set -- /proc/[0-9]*; [ $# -gt 1 ]; do sleep 0; done;';

  /** What every test finds: PID 1 and two sleepers that it may use. */
  async function asAtFirst(): Promise<void> {
    if (await workbench.view(view).getByText('No container is running.').isVisible()) {
      await workbench.command('Terrarium: Start Container');
      await workbench.waitForTerminal(/# $/);
    }
    const pidOf = (row: TreeRow | undefined) => /PID \d+/.exec(row?.description ?? '')?.[0];
    const before = (await shown()).map(pidOf);
    await type(
      `kill -9 -1; ${untilAlone} umount /mnt 2>/dev/null; clear; sleep 4001 & sleep 4021 &`,
    );
    await wait((rows) => {
      const [one, other] = ['sleep 4001', 'sleep 4021'].map((args) => pidOf(ends(rows, args)));
      return (
        rows.length === 4 && ![undefined, ...before].some((pid) => pid === one || pid === other)
      );
    });
  }

  /** What a test undoes itself where it gets to its end. */
  async function tidyUp(): Promise<void> {
    await workbench.page.keyboard.press('Escape');
    await workbench.command('View: Close All Editors');
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.openViewContainer('Terrarium');
    await unfiltered();
    await workbench.command('Terrarium: Show Processes as Tree');
    await workbench.command('Terrarium: Sort Processes…');
    await workbench.pick('PID');
    await workbench.typeInTerminal('\x03');
  }

  /** How many processes the row of all says that there are. */
  const countOf = (row: TreeRow | undefined) =>
    Number(/ (\d+) processes /.exec(row?.description ?? '')?.[1]);
  const type = (line: string) => workbench.typeInTerminal(`${line}\n`);
  /** All but the row of what they use together: containers and processes. */
  const ofProcesses = (rows: TreeRow[]) => rows.filter(({ label }) => !usage.test(label));
  const wait = async (expected: (rows: TreeRow[]) => boolean) =>
    ofProcesses(await workbench.waitForTree(view, (rows) => expected(ofProcesses(rows))));
  const shown = async () => ofProcesses(await workbench.treeRows(view));

  /** Goes to the end of the list until it is there: the row of all tells of processes before their rows come. */
  async function endShows(last: RegExp): Promise<void> {
    const list = workbench.view(view).locator('.monaco-list').first();
    await workbench.until(
      async () => {
        await list.press('End');
        return workbench.treeRows(view);
      },
      (rows) => rows.some(({ label }) => last.test(label)),
      30_000,
      (rows) => `The list does not end with ${last}: ${JSON.stringify(rows)}`,
    );
  }

  /** The process with this command line: its label where it fits, else the end of its description. */
  const is = ({ label, description }: TreeRow, args: string) =>
    label === args || description.endsWith(`· ${args}`);
  const ends = (rows: TreeRow[], args: string) => rows.find((row) => is(row, args));

  it('shows both numbers, the state, memory and the command line', async () => {
    // A child of a shell is as large as that until it is another program, and runs before it sleeps.
    const rows = await wait((all) => {
      const { description = '', ariaLabel = '' } = ends(all, 'sleep 4001') ?? {};
      return / KiB /.test(description) && ariaLabel.startsWith('sleep 4001, sleeping, ');
    });
    const row = ends(rows, 'sleep 4001')!;
    assert.equal(row.label, 'sleep 4001');
    assert.match(row.description, /^PID \d+ · host \d+ · \d+ KiB [PR]SS$/);
    assert.match(row.ariaLabel, /^sleep 4001, sleeping, PID \d+, host \d+, \d+ KiB [PR]SS/);
    assert.equal(row.level, 3, 'below PID 1, which is below its container');
    await window.picture('processes');
  });

  /** A shell that gets its first child when asked. */
  const gated = async (name: string, then: string) => {
    await type(`mkfifo /tmp/${name}; sh -c 'read x </tmp/${name}; ${then}; :' &`);
    const row = workbench
      .view(view)
      .locator('.monaco-list-row')
      .filter({ hasText: `read x </tmp/${name}` });
    await row.waitFor();
    return { row, open: () => type(`echo >/tmp/${name}`) };
  };

  it('opens a row whose first child comes later, and shows no twistie before', async () => {
    const { row, open } = await gated('late', 'sleep 4011 & sleep 4012');
    assert.equal(await row.getAttribute('aria-expanded'), null);
    await open();
    const rows = await wait((all) => !!ends(all, 'sleep 4011') && !!ends(all, 'sleep 4012'));
    assert.equal(await row.getAttribute('aria-expanded'), 'true');
    assert.equal(ends(rows, 'sleep 4011')?.expanded, undefined);
    assert.equal(ends(rows, 'sleep 4011')?.level, 4);
  });

  it('keeps a selected row selected when its first child comes', async () => {
    const { row, open } = await gated('chosen', 'sleep 4013');
    await select(row);
    await open();
    await wait((all) => !!ends(all, 'sleep 4013'));
    await row.and(workbench.page.locator('[aria-selected="true"]')).waitFor();
  });

  it('leaves a row closed that the person closed, whatever comes below it', async () => {
    const { row, open } = await gated(
      'shut',
      'sleep 4015 & read x </tmp/shut; sleep 4016 & echo and another; wait',
    );
    await open();
    await wait((all) => !!ends(all, 'sleep 4015'));
    await row.click();
    await workbench.page.keyboard.press('ArrowLeft');
    await wait((all) => !ends(all, 'sleep 4015'));
    await open();
    await workbench.waitForTerminal(/and another *$/m);
    // What came later is there, so what came before is known.
    await type('sleep 4017 &');
    await wait((all) => !!ends(all, 'sleep 4017'));
    assert.equal(await row.getAttribute('aria-expanded'), 'false');
  });

  it('says how many there are and what they use in a row of its own', async () => {
    await workbench.waitForTree(
      view,
      ([container, all, ...below]) =>
        container?.label === 'box' &&
        usage.test(all?.label ?? '') &&
        /^\d+% CPU · (?:at most )?[\d.]+ [KM]iB · /.test(all!.description) &&
        countOf(all) === below.length,
    );
  });

  it('marks a zombie', async () => {
    await type("sh -c 'sleep 0 & exec sleep 4002' &");
    await wait((rows) => rows.some(({ description }) => description.includes('zombie')));
    await window.picture('processes-zombie');
  });

  it('shows a name with control characters as what it is, and stays calm while it changes', async () => {
    await type(
      `sh -c 'while :; do printf "\\033[2J) R 1" >/proc/$$/comm; printf "b\\nad" >/proc/$$/comm; done' &`,
    );
    await wait((rows) => rows.some(({ label }) => /^(?:\\x1b\[2J\) R 1|b\\nad) sh -c/.test(label)));
    await wait((rows) => !!ends(rows, 'sleep 4001'));
  });

  it('shows a long list in parts, and the rest when asked', async () => {
    await type('n=0; while [ $n -lt 250 ]; do sleep 4003 & n=$((n+1)); done');
    await workbench.waitForTree(view, ([, all]) => /^2[5-9]\d$/.test(String(countOf(all))));
    await endShows(/^\d+ more…$/);
    await window.picture('processes-many');
    await workbench.treeRow(view, /more…$/).click();
    await wait((rows) => !rows.some(({ label }) => label.endsWith('more…')));
  });

  it('finds one among many by a filter, with what is above it', async () => {
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('sleep 4001');
    const rows = await wait((all) => all.length === 3);
    assert.deepEqual(
      rows.map(({ level }) => level),
      [1, 2, 3],
    );
    await window.picture('processes-filter');
    await workbench.command('Terrarium: Clear Process Filter');
    await wait((all) => all.length > 3);
  });

  /** Inspects the process in the third row. @returns the text of the editor that it opens */
  const inspectThird = async () => {
    const text = workbench.page.locator('.editor-instance .view-lines');
    const { label } = (await shown())[2]!;
    // Clicked while VS Code fetches the rows anew it has no row, and asks which process is meant.
    await eventually(async () => {
      await workbench.treeAction(view, label, 'Inspect Process');
      await text.getByText('Users and groups').first().waitFor({ timeout: 5000 });
    });
    return text;
  };

  it('shows what is inside a process, with links into the rootfs', async () => {
    await filter('sleep 4001');
    const text = await inspectThird();
    const program = text.getByText('/bin/busybox').first();
    await program.waitFor();
    const hover = workbench.page.locator('.monaco-hover');
    // A pointer that came before the editor listens has to come again.
    await eventually(async () => {
      await workbench.page.mouse.move(0, 0);
      await text.getByText('Users and groups').first().hover();
      await hover
        .getByText('The real ids say whose process it is')
        .first()
        .waitFor({ timeout: 3000 });
    });
    await window.picture('processes-inspect');
    await eventually(async () => {
      await workbench.page.mouse.move(0, 0);
      await text.getByText('effective user').first().hover();
      await hover
        .getByText(/Used for permission checks: .* credentials\(7\)/)
        .waitFor({ timeout: 3000 });
    });
    const tab = workbench.page.locator('.tab', { hasText: 'busybox' });
    await workbench.page.keyboard.down('Control');
    await eventually(async () => {
      const { x, y, width, height } = (await program.boundingBox())!;
      await workbench.page.mouse.move(x, y + 60);
      await workbench.page.mouse.move(x + width / 2, y + height / 2, { steps: 5 });
      await text.locator('.detected-link-active').waitFor({ timeout: 3000 });
      await workbench.page.mouse.click(x + width / 2, y + height / 2);
      await tab.waitFor({ timeout: 3000 });
    });
    await workbench.page.keyboard.up('Control');
    await workbench.page.getByText('Open Anyway').waitFor();
    await workbench.command('View: Close All Editors');
    await unfiltered();
  });

  it('shows the environment of a process to who asks for it', async () => {
    await filter('sleep 4001');
    const text = await inspectThird();
    await text.click();
    await workbench.page.keyboard.press('ControlOrMeta+End');
    await text.getByText('Not read.').waitFor();
    assert.equal(await text.getByText(/^\s*PATH=/).count(), 0);
    const lens = workbench.page.locator('.codelens-decoration a', { hasText: 'Show Environment' });
    // A click that came before the editor listens has to come again.
    await eventually(async () => {
      await lens.click({ timeout: 3000 });
      await lens.waitFor({ state: 'hidden', timeout: 3000 });
    });
    await text
      .getByText(/PATH=\/usr\/local\/sbin/)
      .first()
      .waitFor();
    await window.picture('processes-environment');
    await workbench.command('View: Close All Editors');
    await unfiltered();
  });

  /** Shows one process, below PID 1 and its container. */
  const filter = async (text: string) => {
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput(text);
    await wait((all) => all.length === 3);
  };
  /** Filters to one process and clicks an entry of its context menu. */
  const choose = async (text: string, action: string) => {
    await filter(text);
    const row = workbench.view(view).locator('.monaco-list-row[aria-level="3"]');
    await workbench.chooseFromMenu(row, action);
  };
  const unfiltered = async () => {
    await workbench.command('Terrarium: Clear Process Filter');
    // The line about the filter stands above the tree: with it, every row goes up.
    await workbench.view(view).getByText('Only what matches').waitFor({ state: 'hidden' });
  };

  it('opens a shell in the folder of a process', async () => {
    await type('mkdir -p "/tmp/down here"; (cd "/tmp/down here"; exec sleep 4023) &');
    await choose('sleep 4023', 'Open Shell Here');
    await workbench.waitForTerminal(/\/tmp\/down here # *$/m);
    await unfiltered();
    await workbench.command('Terminal: Kill the Active Terminal Instance');
    await workbench.waitForTerminal(/exec sleep 4023/);
  });

  /** A process whose folder is not in the rootfs. */
  const onTmpfs = () =>
    type('mkdir -p /mnt; mount -t tmpfs none /mnt; (cd /mnt; exec sleep 4022) &');

  it('shows the program of a process in the Explorer, and says where it is not to be found', async () => {
    await choose('sleep 4021', 'Reveal Executable in Rootfs');
    const selected = workbench.page.locator('.explorer-folders-view .monaco-list-row.selected');
    await selected.getByText('busybox', { exact: true }).waitFor();
    await workbench.openViewContainer('Terrarium');
    await unfiltered();
    await onTmpfs();
    await choose('sleep 4022', 'Reveal Working Directory in Rootfs');
    await workbench.page
      .getByText('/mnt does not lie in the rootfs: none (tmpfs)')
      .first()
      .waitFor();
    await window.picture('processes-not-in-rootfs');
    await unfiltered();
    await workbench.page.keyboard.press('Escape');
  });

  it('links no file that is another one in the rootfs, and says why', async () => {
    await onTmpfs();
    await choose('sleep 4022', 'Inspect Process');
    const text = workbench.page.locator('.editor-instance .view-lines');
    await text.getByText('/bin/busybox').first().waitFor();
    const links = text.locator('.detected-link');
    await links.getByText('/bin/busybox').waitFor();
    const folder = text.getByText(/\/mnt$/).first();
    await eventually(async () => {
      const { x, y, width, height } = (await folder.boundingBox())!;
      // Where a lens was clicked before, the editor takes the button for pressed until the next click.
      await workbench.page.mouse.click(x + width - 5, y + height / 2);
      await workbench.page.mouse.move(0, 0);
      await workbench.page.mouse.move(x + width - 5, y + height / 2, { steps: 5 });
      await workbench.page
        .locator('.monaco-hover')
        .getByText('/mnt does not lie in the rootfs: none (tmpfs) is mounted at /mnt.')
        .first()
        .waitFor({ timeout: 3000 });
    });
    assert.equal(await links.getByText('/mnt').count(), 0);
    await window.picture('processes-no-link');
    await workbench.command('View: Close All Editors');
    await unfiltered();
  });

  it('shows what is inside a process as it is now when asked again', async () => {
    await choose('sleep 4021', 'Inspect Process');
    const header = workbench.page.locator('.editor-instance .view-lines').getByText(/nice\s0/);
    await header.waitFor();
    const row = workbench.view(view).locator('.monaco-list-row[aria-level="3"]');
    await workbench.chooseFromMenu(row, 'Pause Process (SIGSTOP)');
    await wait((all) => all[2]?.description.startsWith('stopped · ') ?? false);
    assert.doesNotMatch((await header.textContent())!, /stopped/);
    await workbench.page.getByRole('button', { name: 'Refresh Inspected Process' }).click();
    await header.filter({ hasText: 'stopped' }).waitFor();
    await workbench.chooseFromMenu(row, 'Continue Process (SIGCONT)');
    await wait((all) => all[2]?.ariaLabel.includes(', sleeping, ') ?? false);
    await header.click();
    await workbench.command('Terrarium: Refresh Inspected Process');
    await header.filter({ hasText: 'sleeping' }).waitFor();
    await window.picture('processes-refreshed');
    await workbench.command('View: Close All Editors');
    await unfiltered();
  });

  it('says which debugger to install where there is none', async () => {
    await workbench.openViewContainer('Terrarium');
    await choose('sleep 4021', 'Attach Debugger…');
    await workbench.page.getByText('Install C/C++ (gdb) or CodeLLDB.').first().waitFor();
    await workbench.page.getByRole('button', { name: 'Show CodeLLDB' }).waitFor();
    await window.picture('processes-no-debugger');
    await unfiltered();
  });

  it('pauses a process, lets it go on, and makes it nicer', async () => {
    const third = async () => (await shown())[2]!.description;
    await choose('sleep 4021', 'Pause Process (SIGSTOP)');
    await wait((all) => all[2]?.description.startsWith('stopped · ') ?? false);
    await window.picture('processes-stopped');
    await choose('sleep 4021', 'Continue Process (SIGCONT)');
    await wait((all) => all[2]?.ariaLabel.includes(', sleeping, ') ?? false);
    await choose('sleep 4021', 'Change Nice Value…');
    await workbench.quickInput('7');
    const hostPid = Number(/host (\d+)/.exec(await third())?.[1]);
    await until('the nice value', () => getPriority(hostPid) === 7);
    await unfiltered();
  });

  it('keeps what is pinned first, and shows one list when asked', async () => {
    await choose('sleep 4021', 'Pin or Unpin Process');
    await wait((all) => all[2]?.description.startsWith('pinned · ') ?? false);
    await unfiltered();
    await wait((all) => (all[2]?.description.startsWith('pinned · ') && all.length > 3) ?? false);
    await workbench.command('Terrarium: Show Processes as List');
    await wait((all) => all.length > 3 && all.slice(1).every(({ level }) => level === 2));
    await workbench.command('Terrarium: Sort Processes…');
    await workbench.pick('Name');
    const isSleep = (row: TreeRow | undefined) => /^sleep \d+$/.test(row?.label ?? '');
    const names = await wait((all) => isSleep(all.at(-1)) && !isSleep(all[2]));
    assert.match(names[1]!.description, /^pinned/);
    await window.picture('processes-flat');
    await workbench.command('Terrarium: Sort Processes…');
    await workbench.pick('PID');
    await workbench.command('Terrarium: Show Processes as Tree');
  });

  it('copies and kills with what is below it all that are selected', async () => {
    await type(`for n in 1 2; do sh -c 'sleep 4032 & sleep 4032; :' & done`);
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('4032');
    await wait((all) => all.length === 8);
    const rows = workbench.view(view).locator('.monaco-list-row[aria-level="3"]');
    const pids = (await shown())
      .filter(({ level }) => level === 3)
      .map(({ description }) => /PID (\d+)/.exec(description)?.[1]);
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['ControlOrMeta'] });
    await workbench.chooseFromMenu(rows.nth(1), 'Copy Container PID');
    await workbench.until(
      () => workbench.page.evaluate<string>('navigator.clipboard.readText()'),
      (text) => text === pids.join('\n'),
      5000,
      (text) => `What was copied is ${text}.`,
    );
    await workbench.chooseFromMenu(rows.nth(1), 'Kill Process Tree…');
    await workbench.page.getByText('Kill 2 processes and everything below them?').waitFor();
    await window.picture('processes-kill-several');
    await workbench.page.getByRole('button', { name: 'Kill All' }).click();
    await wait((all) => all.length <= 2);
    await unfiltered();
  });

  it('kills all that are selected', async () => {
    await type('sleep 4031 & sleep 4031 & sleep 4031 &');
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('4031');
    await wait((all) => all.length === 5);
    const rows = workbench.view(view).locator('.monaco-list-row[aria-level="3"]');
    await rows.nth(0).click();
    await rows.nth(1).click({ modifiers: ['ControlOrMeta'] });
    await workbench.page.keyboard.press('Shift+Delete');
    await wait((all) => all.length === 3);
    await unfiltered();
  });

  it('keeps the selected row in its place while processes come and go around it', async () => {
    const rowWith = (text: string) =>
      workbench.view(view).locator('.monaco-list-row').filter({ hasText: text });
    const pinned = rowWith('sleep 4021');
    await type(`sh -c 'sleep 4061 & sleep 4062; :' &`);
    const parent = rowWith('sh -c sleep 4061');
    const child = rowWith('sleep 4062').filter({ hasNotText: 'sh -c' });
    await child.waitFor();
    await select(pinned);
    const top = (await pinned.boundingBox())!.y;
    await type(
      'touch /tmp/storm; while [ -e /tmp/storm ]; do sh -c "sleep 0.1 & sleep 0.3" & sleep 0.02; done 2>/dev/null; echo storm is over',
    );
    const list = workbench.view(view).locator('.monaco-list').first();
    for (let turn = 0; turn < 5; turn++) {
      await list.hover();
      await workbench.page.mouse.wheel(0, 400);
      await workbench.page.mouse.wheel(0, -4000);
      // A row that was scrolled away is drawn anew, and a loaded machine takes some frames for that.
      await eventually(async () => {
        assert.equal(await pinned.getAttribute('aria-selected'), 'true');
      });
      // Scrolling takes a few frames.
      await workbench.until(
        () => pinned.boundingBox(),
        (box) => box?.y === top,
        5000,
        (box) => `The selected row went from ${top} to ${box?.y}.`,
      );
      // Closed in one turn, and so it stays until it is opened in the next.
      const [before, after] = turn % 2 === 0 ? ['true', 'false'] : ['false', 'true'];
      assert.equal(await parent.getAttribute('aria-expanded'), before);
      // A click while VS Code asks for the rows anew is lost on it; a person clicks again. It goes to the
      // element, not to a place, where another row may be by then.
      await eventually(async () => {
        if ((await parent.getAttribute('aria-expanded')) !== after)
          await parent.locator('.monaco-tl-twistie').dispatchEvent('click', { detail: 1 });
        const became = workbench.page.locator(`[aria-expanded="${after}"]`);
        await parent.and(became).waitFor({ timeout: 2000 });
        // Of two clicks the first may have come late: the second has undone it then.
        const state = after === 'true' ? 'attached' : 'detached';
        await child.waitFor({ state, timeout: 2000 });
      });
    }
    assert.equal(await parent.getAttribute('aria-expanded'), 'false');
    await window.picture('processes-storm');
    rmSync(path.join(window.workspace, 'box/rootfs/tmp/storm'));
    await workbench.waitForTerminal(/^storm is over/m);
    assert.equal(await pinned.getAttribute('aria-selected'), 'true');
    assert.equal(await parent.getAttribute('aria-expanded'), 'false');
  });

  it('shows 10,000 sleepers, and finds one among them while they are there', async function () {
    compile(this, 'sleepers.c', path.join(window.workspace, 'box/rootfs/bin/sleepers'));
    await type('sleepers 10000 &');
    await workbench.waitForTree(view, ([, all]) => /^100\d\d$/.test(String(countOf(all))), {
      timeout: 90_000,
    });
    await endShows(/^9800 more…$/);
    await window.picture('processes-10000');
    await type('sleep 4052 &');
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('sleep 4052');
    await wait((rows) => rows.length === 3 && !!ends(rows, 'sleep 4052'));
    await unfiltered();
    await type('killall sleepers');
    await workbench.waitForTree(view, ([, all]) => countOf(all) < 100, {
      timeout: 90_000,
    });
  });

  it('shows a factory of zombies for what it is', async () => {
    await type(
      "sh -c 'n=0; while [ $n -lt 40 ]; do sleep 1 & n=$((n+1)); done; exec sleep 4041' &",
    );
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('4041');
    await wait((all) => !!ends(all, 'sleep 4041'));
    await unfiltered();
    await wait((all) => all.filter(({ description }) => description.includes('zombie')).length > 5);
    await window.picture('processes-zombies');
  });

  it('finds processes by their state, and says where there are none', async () => {
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('zombi');
    const nothing = workbench.treeRow(view, 'No match');
    await nothing.waitFor();
    // What it says fits into the usual width.
    assert.deepEqual(await workbench.cutTexts(nothing), []);
    await workbench.view(view).getByText('Only what matches “zombi”.').waitFor();
    await window.picture('processes-no-match');
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('stopped');
    await workbench.view(view).getByText('Only what matches “stopped”.').waitFor();
    await workbench.treeRow(view, 'No match').click();
    await wait(
      (all) => all.length > 2 && all.some(({ description }) => description.startsWith('PID 1 ·')),
    );
  });

  it('tells twelve sleepers apart at the usual width, in light and dark', async () => {
    await type('for n in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 49$n & done; (sleep 4950 &)');
    // The view gets the room of the one above it.
    const above = workbench.view('Containers').locator('.pane-header');
    await above.click();
    // It is one once the shell that started it has ended.
    const isOrphan = (row?: TreeRow) => /^orphan · PID /.test(row?.description ?? '');
    await wait((all) => !!ends(all, 'sleep 4912') && isOrphan(ends(all, 'sleep 4950')));
    await workbench.command('Terrarium: Sort Processes…');
    await workbench.pick('Memory');
    await wait((all) =>
      /^\d[\d.]* [KM]iB [PR]SS · PID /.test(ends(all, 'sleep 4912')?.description ?? ''),
    );
    await window.picture('processes-sleepers-dark');
    await workbench.command('Preferences: Toggle between Light/Dark Themes');
    await workbench.page.locator('.monaco-workbench.vs').waitFor();
    await window.picture('processes-sleepers-light');
    await workbench.command('Preferences: Toggle between Light/Dark Themes');
    await workbench.page.locator('.monaco-workbench.vs-dark').waitFor();
    await workbench.command('Terrarium: Sort Processes…');
    await workbench.pick('PID');
    await above.click();
  });

  it('says in the page of a process that it has ended, and keeps what was read', async () => {
    await type('sleep 4961 &');
    await choose('sleep 4961', 'Inspect Process');
    const text = workbench.page.locator('.editor-instance .view-lines');
    await text.getByText('Read at').waitFor();
    await type('kill $!; wait $!'); // a zombie has not ended for who reads it again
    await text.getByText('It has ended: noticed at').waitFor();
    await text.getByText('Users and groups').first().waitFor();
    await window.picture('processes-inspect-ended');
    await workbench.page.getByRole('button', { name: 'Refresh Inspected Process' }).click();
    await workbench.page.getByText('The page keeps what was read last.').first().waitFor();
    await workbench.command('View: Close All Editors');
    await workbench.command('Notifications: Clear All Notifications');
    await unfiltered();
  });

  it('inspects a zombie, and says what a signal to it does', async () => {
    await type("sh -c 'sleep 0 & exec sleep 4962' &");
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('zombie');
    const rows = await wait((all) => {
      const at = all.findIndex(({ label }) => label === 'sleep 4962');
      return at > 0 && (all[at + 1]?.description.startsWith('zombie · ') ?? false);
    });
    const { ariaLabel } = rows[rows.findIndex(({ label }) => label === 'sleep 4962') + 1]!;
    const row = workbench
      .view(view)
      .locator(`.monaco-list-row[aria-label^="${/^.*host \d+/.exec(ariaLabel)![0]}"]`);
    await workbench.chooseFromMenu(row, 'Inspect Process');
    const text = workbench.page.locator('.editor-instance .view-lines');
    await text.getByText('It is a zombie').waitFor();
    await text.getByText('Gone: the kernel freed it').first().waitFor();
    await window.picture('processes-inspect-zombie');
    await workbench.chooseFromMenu(row, 'Stop Process (SIGTERM)');
    await workbench.page.getByRole('button', { name: 'Remind Parent (SIGCHLD)' }).waitFor();
    await window.picture('processes-signal-zombie');
    await workbench.page.getByRole('button', { name: 'Stop Parent (SIGTERM)' }).click();
    await row.waitFor({ state: 'detached' });
    await workbench.command('View: Close All Editors');
    await unfiltered();
  });

  it('draws what a container uses over time, also for who cannot see it', async () => {
    await workbench.treeAction(view, 'box', 'Show CPU and Memory');
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await page.getByRole('img', { name: /^CPU \(100% is one CPU\): \d+ %$/ }).waitFor();
    const memory = page.getByRole('img', { name: /^Memory .*: \d.* [KMG]iB$/ });
    await memory.waitFor();
    await type('while :; do :; done &');
    await page.getByRole('img', { name: /^CPU \(100% is one CPU\): [1-9]\d* %$/ }).waitFor();
    await page.getByText('Table').click();
    await page
      .getByRole('cell', { name: /^[1-9]\d* %$/ })
      .first()
      .waitFor();
    await memory.press('ArrowLeft');
    await page.getByRole('img', { name: /^Memory .*\(\d+:\d+:\d+.*\)$/ }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('status').getByText('Paused.').waitFor();
    await window.picture('processes-usage');
    await workbench.command('View: Close All Editors');
  });

  it('kills a process with everything below it', async () => {
    await type(`sh -c 'sleep 4004 & sleep 4004 & sleep 4004; :' &`);
    const below = (rows: TreeRow[]) => rows.filter((row) => is(row, 'sleep 4004')).length;
    await workbench.command('Terrarium: Filter Processes…');
    await workbench.quickInput('4004');
    // Until the filter holds, VS Code is about to forget every row.
    await wait((rows) => rows.length === 6 && below(rows) === 3);
    const shell = (await shown())[2]!;
    await workbench.treeRow(view, shell.label).nth(0).waitFor();
    const row = workbench.view(view).locator('.monaco-list-row[aria-level="3"]').first();
    await workbench.chooseFromMenu(row, 'Kill Process Tree…');
    await workbench.page.getByRole('button', { name: 'Kill All' }).click();
    await wait((rows) => below(rows) === 0);
    await unfiltered();
  });

  it('asks before SIGKILL to PID 1, and says that it does not hear another signal', async () => {
    const pid1 = workbench.view(view).locator('.monaco-list-row', { hasText: 'PID 1 ·' });
    await workbench.chooseFromMenu(pid1, 'Send Signal…');
    await workbench.quickInput('SIGUSR1', { accept: false });
    await workbench.pick('SIGUSR1');
    await workbench.page
      .getByText(/does not hear SIGUSR1/)
      .first()
      .waitFor();
    await window.picture('processes-signal-pid1');
    await workbench.command('Notifications: Clear All Notifications');
    await select(pid1);
    await workbench.page.keyboard.press('Shift+Delete');
    await workbench.page.getByText('It is PID 1: the whole container ends with it.').waitFor();
    await window.picture('processes-kill-pid1');
    await workbench.page.getByRole('button', { name: 'Kill', exact: true }).click();
    await workbench.view(view).getByText('No container is running.').waitFor();
  });

  async function select(row: ReturnType<Workbench['treeRow']>): Promise<void> {
    await eventually(async () => {
      await row.click({ timeout: 3000 });
      assert.equal(await row.getAttribute('aria-selected'), 'true');
    });
  }

  /** A person would try again where the screen moved under the pointer. */
  async function eventually(attempt: () => Promise<void>): Promise<void> {
    for (let left = 5; ; left--) {
      try {
        return await attempt();
      } catch (error) {
        if (left === 0) throw error;
        await workbench.page.keyboard.press('Escape');
      }
    }
  }

  function isPid1({ description }: TreeRow): boolean {
    return description.startsWith('PID 1 · ');
  }
});
