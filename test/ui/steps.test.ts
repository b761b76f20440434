/** A start that goes step by step, as a person goes it: steps run, evidence read off the screen, a shell on the way. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { findBusybox } from '../../src/core/bundle/busybox';
import { scaffold } from '../../src/core/bundle/scaffold';
import { startingPoints } from '../../src/core/config/templates';
import { temporaryUser } from '../host/index.mjs';
import type { Workbench } from '../host/workbench.mjs';
import { until } from '../system/containers';
import { StepsNotebook } from './stepsNotebook';
import { type SudoUser, Window, openWithSudo, requireRoot } from './window';

/** A bundle called box of a starting point. */
async function makeBox(parent: string, id: string): Promise<void> {
  const startingPoint = startingPoints.find((one) => one.id === id)!;
  await scaffold({ parent, name: 'box', startingPoint, busybox: await findBusybox() });
}

const isThere = (pid: number) => existsSync(`/proc/${pid}`);

const namespaceOf = (pid: number | 'self', type: string) => readlinkSync(`/proc/${pid}/ns/${type}`);

describe('a start that goes step by step', function () {
  this.timeout(300_000);
  let window: Window;
  let workbench: Workbench;
  let steps: StepsNotebook;
  let user: SudoUser | undefined;

  before(function () {
    requireRoot(this);
  });
  afterEach(async function () {
    await window?.keepFailure(this);
    await window?.close();
    await user?.remove();
    user = undefined;
  });

  async function begin(opened: Window): Promise<void> {
    window = opened;
    ({ workbench } = window);
    steps = new StepsNotebook(workbench);
    await workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await workbench.openViewContainer('Terrarium');
    await workbench.command('Terrarium: Start Container Step by Step');
  }

  it('as root: its evidence is the kernel’s, a shell on the way is on the machine’s files, and it ends in the container', async () => {
    await begin(await Window.open({ prepare: (parent) => makeBox(parent, 'safe') }));
    await steps.opened();
    await window.picture('steps-open');
    await rowSays(/^waits at step 1 of (1\d|2[01]) · /);
    await processesSay([/^box: waits at step 1 of /, /^No process yet: /]);

    await steps.runTo(/^unshare\s--/);
    const made = await steps.output(/PID 1 is there/);
    await forDocs();
    const pid = Number(/PID inside · outside\s+\S+\s+1 · (\d+)/.exec(made)?.[1]);
    assert.equal(readlinkSync(`/proc/${pid}/root`), '/', 'it is still on the machine’s root');
    for (const [type, name] of [
      ['pid', 'PID'],
      ['mnt', 'mount'],
      ['uts', 'UTS'],
      ['user', 'user'],
      ['net', 'network'],
      ['cgroup', 'cgroup'],
    ] as const) {
      assert.match(made, new RegExp(`^${name} namespace\\s+the machine’s\\s+a new one`, 'm'));
      assert.notEqual(namespaceOf(pid, type), namespaceOf('self', type));
    }

    await steps.runTo(/^mount\s--bind\s\.\s\./);
    await steps.output(/mounts\s+\d+\s+\d+/);
    await workbench.command('Terrarium: Open Shell at This Point');
    await workbench.waitForTerminal(/root is that of this machine[^]*[#$]\s*$/);
    await workbench.typeInTerminal('readlink /proc/self/ns/uts; ls /; echo listed\n');
    const shown = await workbench.waitForTerminal(/uts:\[\d+\][^]*\nlisted/);
    assert.ok(shown.includes(namespaceOf(pid, 'uts')), 'the shell is in its UTS namespace');
    const listed = readdirSync('/').filter((name) => !name.startsWith('.'));
    for (const name of listed) assert.ok(shown.includes(name), `ls / lists ${name}`);
    await processesSay([
      ...[/^box: waits at step /, new RegExp(`^PID 1: prepares .* ${pid} outside`)],
      /^shell: opened at this point/,
    ]);
    await workbench.page.locator('.statusbar-item[aria-label*="box (waits at step "]').waitFor();
    await window.picture('steps-shell');

    await steps.runTo(/^for\splace\sin\sproc\/acpi/);
    await steps.output(/of the 20 commands had nothing to do/);
    await window.picture('steps-masks');
    await steps.runTo(/^pivot_root|^nsenter.*pivot_root/);
    await steps.output(/The same mounts at other paths/);
    await window.picture('steps-pivot');

    await workbench.command('Terrarium: Run the Rest');
    await workbench.waitForTerminal(/\/ # $/, { timeout: 150_000 });
    await workbench.typeInTerminal('echo pid $$\n');
    await workbench.waitForTerminal(/pid 1\n/);
    await rowSays(/^running/);
    await window.picture('steps-end');
    await exported();
  });

  it('with sudo: asks for the password first, and closing its tab leaves nothing', async () => {
    const opened = await openWithSudo((parent) => makeBox(parent, 'safe'));
    ({ user } = opened);
    await begin(opened.window);
    await workbench.waitForTerminal(/asks for your password[^]*password for/);
    await workbench.typeInTerminal(`${opened.user.password}\n`);
    await steps.opened();
    await steps.runTo(/^unshare\s--/);
    const made = await steps.output(/PID 1 is there/);
    const init = Number(/ 1 · (\d+)/.exec(made.replace(/\s+/g, ' '))?.[1]);
    const monitor = Number(/^parent\s.*\sterrarium-init\s(\d+)\s/m.exec(made)?.[1]);
    assert.ok(isThere(init) && isThere(monitor), `${init}, ${monitor}`);
    await workbench.command('View: Close Editor');
    await rowSays(/^stopped · start cancelled$/);
    await until('the end of both', () => !isThere(init) && !isThere(monitor), 10_000);
  });

  it('rootless by hand: begins anew after a reload of the window, and has the typed lines', async () => {
    user = await temporaryUser();
    const settings = { 'terrarium.privilege': 'rootless' };
    await begin(
      await Window.open({ user, settings, prepare: (parent) => makeBox(parent, 'hand') }),
    );
    await steps.opened();
    const loaded = workbench.page.waitForEvent('load');
    await workbench.command('Developer: Reload Window');
    await loaded;
    await steps.prose('ended with the window that began it');
    await window.picture('steps-reloaded');
    await workbench.command('Terrarium: Restart Steps');
    await steps.opened();
    await workbench.command('Terrarium: Run the Rest');
    await workbench.waitForTerminal(/\/ # $/);
    await steps.output(/chroot\("\S+\/box\/rootfs"\) = 0/);
    // For PID 1 nothing is different: the child that has another root is beside it.
    await steps.output(/\/box\/rootfs\s+changed\s+Absolute paths begin/);
    await window.picture('steps-hand');
    await rowSays(/^running/);
  });

  /** The first step with its evidence, as large as a page of documentation shows it. */
  async function forDocs(): Promise<void> {
    await workbench.page.setViewportSize({ width: 1100, height: 760 });
    await workbench.command('View: Close Primary Side Bar');
    await steps.toTop(/^unshare\s--/);
    await window.pictureForDocs('steps');
    await workbench.page.setViewportSize({ width: 1400, height: 1000 });
    await workbench.openViewContainer('Terrarium');
  }

  /** The notebook as Markdown, with what stands below its cells. */
  async function exported(): Promise<void> {
    await workbench.command('Terrarium: Export with Results…');
    await workbench.quickValue(/-results\.md$/);
    const file = path.join(window.workspace, 'steps.md');
    await workbench.quickInput(file);
    await workbench.page.locator('.tab.active', { hasText: 'steps.md' }).waitFor();
    const text = readFileSync(file, 'utf8');
    assert.match(
      text,
      /^## Namespaces$[^]*^unshare --[^]*^clone3\(.* = \d+$[^]*\| PID namespace \|/m,
    );
    assert.match(text, /^# Hide (the folder )?\/proc\/\w+$/m);
    assert.doesNotMatch(text, /terrarium-calls|<div/);
  }

  /** The rows of the Processes view, as NAME: DESCRIPTION. */
  async function processesSay(rows: readonly RegExp[]): Promise<void> {
    await workbench.waitForTree('Processes', (all) =>
      rows.every((row, at) => row.test(`${all[at]?.label}: ${all[at]?.description}`)),
    );
  }

  /** What the row of the container says. */
  async function rowSays(pattern: RegExp): Promise<void> {
    await workbench.waitForTree('Containers', ([row]) => pattern.test(row?.description ?? ''));
  }
});
