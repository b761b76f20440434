/** Every other place from which a container is started, looked at, edited and deleted. */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Workbench } from '../host/workbench.mjs';
import { type SudoUser, Window, makeContainers, openWithSudo, requireRoot } from './window';

const makeBox = (parent: string) => makeContainers(parent, 'box');

/** A plain root filesystem. */
const makeTree = (parent: string) =>
  cpSync(path.join(parent, 'box/rootfs'), path.join(parent, 'tree'), {
    recursive: true,
    verbatimSymlinks: true,
  });

describe('places', function () {
  this.timeout(180_000);
  let window: Window;
  let workbench: Workbench;
  before(function () {
    requireRoot(this);
  });
  afterEach(async function () {
    await window.keepFailure(this);
  });

  const file = (...names: string[]) => path.join(window.workspace, ...names);
  const state = (wanted: string) =>
    workbench.waitForTree('Containers', ([row]) => Boolean(row?.description.startsWith(wanted)));
  const prompt = () => workbench.waitForTerminal(/^\/ # /m);
  const stop = async () => {
    await workbench.openViewContainer('Terrarium');
    await workbench.command('Terrarium: Stop Container');
    await state('stopped');
    await workbench.command('Terminal: Kill All Terminals');
  };
  const inExplorer = async (label: string) => {
    await workbench.openViewContainer('Explorer');
    return workbench.page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ hasText: new RegExp(`^${label}$`) })
      .first();
  };
  const contextMenuText = async (label: string) => {
    await workbench.openMenu(await inExplorer(label), 'Copy Path');
    const text = await workbench.page.locator('.monaco-menu:visible').innerText();
    await workbench.page.keyboard.press('Escape');
    return text;
  };
  const contextMenu = async (label: string, item: string) => {
    await workbench.chooseFromMenu(await inExplorer(label), item);
  };

  describe('with one bundle and one plain rootfs', () => {
    before(async () => {
      window = await Window.open({
        prepare: async (parent) => {
          await makeBox(parent);
          makeTree(parent);
        },
      });
      ({ workbench } = window);
    });
    after(() => window?.close());

    it('starts from the palette without the sidebar ever having been opened', async () => {
      await workbench.command('Terrarium: Start Container');
      await prompt();
      await stop();
    });

    it('says in a few words how it ended', async () => {
      await state('stopped · on request');
      await workbench.command('Terrarium: Start Container');
      await prompt();
      await workbench.typeInTerminal('exit 3\n');
      await state('stopped · exit code 3');
      await window.picture('ended');
      await workbench.command('Terminal: Kill All Terminals');
    });

    it('starts a bundle from the Explorer’s menu', async () => {
      await contextMenu('box', 'Start Container');
      await prompt();
      await stop();
    });

    it('starts a folder that looks like a rootfs from the Explorer’s menu', async () => {
      await contextMenu('tree', 'Start as Container');
      await prompt();
      await workbench.typeInTerminal('hostname\n');
      await workbench.waitForTerminal(/^tree$/m);
      await window.picture('plain-folder');
      await workbench.typeInTerminal('exit\n');
      await workbench.waitForTerminal(/ended with exit code 0/);
      assert.ok(!existsSync(file('tree/config.json')), 'nothing was written into the folder');
      await workbench.command('Terminal: Kill All Terminals');
    });

    it('keeps the row of a plain folder that has run, and starts it again from there', async () => {
      await workbench.openViewContainer('Terrarium');
      const rowOfTree = (wanted: string) =>
        workbench.waitForTree('Containers', (rows) =>
          rows.some(({ label, description }) => label === 'tree' && description === wanted),
        );
      await rowOfTree('stopped · exit code 0');
      await window.picture('plain-folder-stopped');
      await workbench.chooseFromMenu(workbench.treeRow('Containers', 'tree'), 'Start Container');
      await workbench.waitForTerminal(/^\/ # $/m);
      await workbench.typeInTerminal('exit 3\n');
      await rowOfTree('stopped · exit code 3');
      await workbench.command('Terminal: Kill All Terminals');
    });

    it('offers that for a folder that came while the window is open', async () => {
      const elsewhere = file('..', 'unpacked');
      cpSync(file('tree'), elsewhere, { recursive: true, verbatimSymlinks: true });
      renameSync(elsewhere, file('moved-in'));
      cpSync(file('tree'), file('unpacked'), { recursive: true, verbatimSymlinks: true });
      for (const name of ['moved-in', 'unpacked']) {
        await workbench.until(
          () => contextMenuText(name),
          (text) => text.includes('Start as Container'),
          10_000,
          (text) => `The menu of ${name} offers ${text}`,
        );
        rmSync(file(name), { recursive: true });
      }
    });

    it('starts from the title of its config.json', async () => {
      await workbench.openViewContainer('Terrarium');
      await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Open config.json');
      await workbench.page
        .locator('.editor-actions .action-label[aria-label^="Start Container"]')
        .click();
      await prompt();
      await workbench.page
        .locator('.editor-actions .action-label[aria-label^="Start Container"]')
        .waitFor({ state: 'detached' });
      // Nothing has changed since it started.
      assert.equal(await workbench.page.getByText('Restart to apply changes').count(), 0);
      await window.picture('live-config');
    });

    it('never shows the container’s mounts in the Explorer', async () => {
      await workbench.typeInTerminal('ls /proc | wc -l\n');
      await workbench.waitForTerminal(/^\d\d+$/m);
      assert.deepEqual(readdirSync(file('box/rootfs/proc')), []);
    });

    it('deletes after a question that can be answered with no', async () => {
      await workbench.openViewContainer('Terrarium');
      await workbench.treeRow('Containers', 'box').click();
      await workbench.page.keyboard.press('Delete');
      const text = await workbench.dialog({ click: 'Cancel' });
      assert.match(text, /Delete the container box with all its files\?/);
      assert.ok(existsSync(file('box/config.json')));
      await workbench.page.keyboard.press('Delete');
      await workbench.dialog({ click: 'Stop and Delete' });
      await workbench.waitForTree('Containers', (rows) =>
        rows.every(({ label }) => label !== 'box'),
      );
      assert.ok(!existsSync(file('box')));
    });

    it('saves the configuration of a plain folder beside it, and starts it by that', async () => {
      await contextMenu('tree', 'Save Configuration Beside Folder');
      await workbench.page.locator('.view-lines').getByText('"path": "tree"').waitFor();
      await workbench.command('Terrarium: Start Container');
      // Not the prompt of a terminal that was there before.
      await workbench.waitForTerminal(/^\$ hostname tree$[^]*\/ # $/m);
      await workbench.typeInTerminal('hostname\n');
      await workbench.waitForTerminal(/^tree$/m);
      await window.picture('saved-config');
      await stop();
    });
  });

  describe('with a bundle that cannot start', () => {
    before(async () => {
      window = await Window.open({ prepare: makeBox });
      ({ workbench } = window);
      await workbench.openViewContainer('Terrarium');
      await workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
    });
    after(() => window?.close());

    const rewrite = (from: string, to: string) => {
      const config = file('box/config.json');
      writeFileSync(config, readFileSync(config, 'utf8').replace(from, to));
    };

    it('names file, line and reason, and opens the file', async () => {
      rewrite('"pid"', '"pdi"');
      await workbench.command('Terrarium: Start Container');
      const said = await workbench.notification(/config\.json:\d+:\d+: /, {
        click: 'Open config.json',
      });
      assert.match(said.message, /pdi/);
      await workbench.page
        .locator('.statusbar')
        .getByText(/Ln 2\d, Col \d+/)
        .waitFor();
      await window.picture('bad-config');
      rewrite('"pdi"', '"pid"');
    });

    it('opens the file where its problem is, also where the message names no place', async () => {
      const bind = '"mounts": [{ "type": "bind", "source": "/no/such", "destination": "/mnt" },';
      rewrite('"mounts": [', bind);
      await workbench.command('View: Close All Editors');
      await workbench.command('Terrarium: Start Container');
      await workbench.notification(/\/no\/such/, { click: 'Open config.json' });
      await workbench.page
        .locator('.statusbar')
        .getByText(/Ln 14, Col \d\d/)
        .waitFor();
      await window.picture('bad-source');
      rewrite(bind, '"mounts": [');
    });

    it('says above the prompt how many warnings there are, and shows them', async () => {
      const label = '"linux": { "mountLabel": "a label",';
      rewrite('"linux": {', label);
      await workbench.command('Terrarium: Start Container');
      await prompt();
      const text = await workbench.waitForTerminal(
        /^! \d warnings? \(Terrarium: Show Warnings\)$/m,
      );
      assert.match(
        text,
        /\n# \d+ steps in all \(Terrarium: Show Start Sequence\)\n# [^\n]+\n\$ \/bin\/sh\n/,
      );
      assert.doesNotMatch(text, /mountLabel/);
      await workbench.command('Terrarium: Show Warnings');
      await workbench.preview(/linux\.mountLabel is not carried out/);
      await window.picture('warnings');
      await stop();
      rewrite(label, '"linux": {');
    });

    it('names the command that is not in the rootfs', async () => {
      rmSync(file('box/rootfs/bin/sh'));
      await workbench.command('Terrarium: Start Container');
      await workbench.notification(/The command "\/bin\/sh" does not exist in the rootfs/);
      await state('stopped · did not start');
      // Once: no step had begun, so no terminal is left that says it again.
      await workbench.page.locator('.terminal-wrapper.active').waitFor({ state: 'detached' });
      await window.picture('no-command');
    });

    it('makes no link of what a bundle says of itself', async () => {
      const link = '[Repair it](command:workbench.action.files.newUntitledFile)';
      rewrite('/bin/sh', `/bin/sh. ${link}`);
      await workbench.command('Terrarium: Start Container');
      const { message } = await workbench.notification(/Repair it/);
      assert.match(message, /\[Repair it\] \(command:/);
      const links = workbench.page.locator('.notification-list-item-message a');
      assert.equal(await links.count(), 0);
      await window.picture('no-link');
    });
  });

  describe('with a folder that looks like a bundle and like a root filesystem', () => {
    before(async () => {
      window = await Window.open({
        prepare: async (parent) => {
          await makeBox(parent);
          // A stranger's shell at the top of the repository's folder.
          cpSync(path.join(parent, 'box/rootfs/bin'), path.join(parent, 'box/bin'), {
            recursive: true,
            verbatimSymlinks: true,
          });
        },
      });
      ({ workbench } = window);
      await workbench.openViewContainer('Terrarium');
    });
    after(() => window?.close());

    const refusal = /box can be read in two ways.*config\.json.*bin\/sh/s;

    it('says so in its row, and starts it neither way', async () => {
      await state('stopped · bundle or root filesystem?');
      await workbench.command('Terrarium: Start Container');
      await workbench.notification(refusal);
      await window.picture('bundle-or-folder');
      await workbench.command('Terminal: Kill All Terminals');
      const offered = await contextMenuText('box');
      assert.doesNotMatch(offered, /Start as Container|Save Configuration/);
    });

    it('exports no script of it, and takes no ownership in it', async () => {
      for (const command of ['Export Start Script…', 'Take Ownership of Rootfs Files']) {
        await workbench.command('Notifications: Clear All Notifications');
        await workbench.command(`Terrarium: ${command}`);
        await workbench.notification(refusal);
      }
    });

    it('starts it as the bundle that it is once the shell is gone', async () => {
      rmSync(file('box/bin'), { recursive: true });
      await workbench.command('Terrarium: Start Container');
      await prompt();
      await stop();
    });
  });

  describe('without a folder, and with several', () => {
    before(async () => {
      window = await Window.open({
        prepare: (parent) => {
          for (const name of ['first', 'second']) mkdirSync(path.join(parent, name));
          const folders = ['first', 'second'].map((name) => ({ path: name }));
          writeFileSync(path.join(parent, 'two.code-workspace'), JSON.stringify({ folders }));
        },
      });
      ({ workbench } = window);
    });
    after(() => window?.close());
    /** The same window with other contents, as VS Code's server opens it by its address. */
    const reopen = async (parameter: string, value: string) => {
      const address = new URL(workbench.page.url());
      for (const other of ['folder', 'ew', 'workspace']) address.searchParams.delete(other);
      address.searchParams.set(parameter, value);
      await workbench.page.goto(address.href, { timeout: 60_000 });
      await workbench.openViewContainer('Terrarium');
    };

    it('says what a container needs where no folder is open', async () => {
      await reopen('ew', 'true');
      await workbench.view('Containers').getByText('Open a folder in which to keep').waitFor();
      await workbench.command('Terrarium: New Container…');
      await workbench.notification(/[Nn]o folder is open/);
    });

    it('asks which of several folders a container is made in', async () => {
      const welcome = workbench.view('Containers').getByText('No container here yet');
      await reopen('workspace', file('two.code-workspace'));
      // VS Code's web client may take a workspace file that it has never read for an empty one: its own
      // Explorer then says that no folder is open, until the next load.
      await welcome.waitFor({ timeout: 5000 }).catch(async () => {
        await workbench.page.reload();
        await welcome.waitFor();
      });
      await workbench.command('Terrarium: New Container…');
      await workbench.pick('second');
      await workbench.quickInput('box');
      assert.match((await workbench.quickRows()).join(), /its own files alone \(pivot_root\)/);
      // The end of a line is where it says what root inside is.
      const list = workbench.page.locator('.quick-input-widget:visible .quick-input-list');
      assert.deepEqual(await workbench.cutTexts(list), []);
      await window.picture('starting-points');
      await workbench.pick('A root of its own');
      await workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
      assert.ok(existsSync(file('second/box/config.json')));
    });

    it('says while typing what is wrong with a name', async () => {
      await workbench.command('Terrarium: New Container…');
      await workbench.pick('second');
      const said: [string, RegExp][] = [
        ['box', /exists already; nothing is ever overwritten/],
        ['a/b', /cannot contain "\/"/],
        ['a\u0007b', /"\\x07" is none of these/],
        ['', /Give the container a name/],
      ];
      for (const [name, message] of said) {
        await workbench.quickInput(name, { accept: false });
        await workbench.page
          .locator('.quick-input-widget .quick-input-message')
          .getByText(message)
          .waitFor();
      }
      await workbench.page.keyboard.press('Escape');
    });
  });

  describe('in a stranger’s folder', () => {
    before(async () => {
      window = await Window.open({
        workspaceTrust: true,
        prepare: async (parent) => {
          await makeBox(parent);
          makeTree(parent);
          mkdirSync(path.join(parent, '.vscode'));
          const task = { type: 'terrarium', action: 'start', container: 'box', label: 'start box' };
          const tasks = {
            version: '2.0.0',
            tasks: [{ ...task, runOptions: { runOn: 'folderOpen' } }],
          };
          writeFileSync(path.join(parent, '.vscode/tasks.json'), JSON.stringify(tasks));
        },
      });
      ({ workbench } = window);
    });
    after(() => window?.close());
    const refused = async () => {
      await workbench.notification(/Restricted Mode: nothing of it is started/);
      await workbench.command('Notifications: Clear All Notifications');
    };

    it('looks, and starts nothing, in Restricted Mode', async () => {
      await workbench.openViewContainer('Terrarium');
      await state('stopped');
      await workbench.view('Containers').getByText('Restricted Mode').waitFor();
      await workbench.command('Terrarium: Start Container');
      await workbench.notification(/Restricted Mode: nothing of it is started/);
      await window.picture('restricted');
      await workbench.command('Notifications: Clear All Notifications');
      for (const title of ['New Container…', 'Start Several Containers…', 'Restart Container']) {
        await workbench.command(`Terrarium: ${title}`);
        await refused();
      }
      await workbench.treeAction('Containers', 'box', 'Start Container');
      await refused();
      await contextMenu('box', 'Start Container');
      await refused();
      await contextMenu('tree', 'Start as Container');
      await refused();
      await workbench.openViewContainer('Terrarium');
      await workbench.chooseFromMenu(workbench.treeRow('Containers', 'box'), 'Open config.json');
      await workbench.page.locator('.codelens-decoration a', { hasText: 'Start' }).first().click();
      await refused();
      await workbench.page
        .locator('.editor-actions .action-label[aria-label^="Start Container"]')
        .click();
      await refused();
      // VS Code itself asks whether to trust the folder before a task of its runs.
      await workbench.command('Tasks: Run Task');
      await workbench.page.locator('.monaco-dialog-box').waitFor();
      await workbench.page.keyboard.press('Escape');
      assert.deepEqual(window.helpers(), []);
      assert.deepEqual(readdirSync(path.join(window.runtime, 'terrarium')), []);
    });
  });

  describe('with files that root made', () => {
    let user: SudoUser;
    before(async () => {
      ({ user, window } = await openWithSudo(makeBox));
      ({ workbench } = window);
    });
    after(async () => {
      await window?.close();
      await user?.remove();
    });

    it('says why one cannot be saved, and gives it to the person once the container has stopped', async () => {
      await workbench.command('Terrarium: Start Container');
      await workbench.waitForTerminal(/password for/);
      await workbench.typeInTerminal(`${user.password}\n`);
      await prompt();
      await workbench.typeInTerminal('echo made inside > /root/note; ls -l /root/note\n');
      await workbench.waitForTerminal(/root +root .* \/root\/note/);
      assert.equal(lstatSync(file('box/rootfs/root/note')).uid, 0);
      await workbench.page.keyboard.press('Control+P');
      await workbench.quickInput('note', { accept: false });
      await workbench.pick('note');
      await workbench.notification(/note belongs to root/);
      await window.picture('take-ownership');
      await workbench.notification(/note belongs to root/, { click: 'Take Ownership' });
      await workbench.notification(/box is running\. Its programs could change files/, {
        click: 'Stop Container',
      });
      await workbench.waitForTerminal(/“box” was ended/);
      assert.equal(lstatSync(file('box/rootfs/root/note')).uid, 0);
      await contextMenu('note', 'Take Ownership of Rootfs Files');
      assert.match(
        await workbench.dialog({ click: 'Take Ownership' }),
        /Take ownership of \/root\/note in the rootfs of box\?/,
      );
      await workbench.notification(/note is yours now/);
      assert.equal(lstatSync(file('box/rootfs/root/note')).uid, user.uid);
      await workbench.rewriteEditor('changed outside', file('box/rootfs/root/note'));
      // The one that has ended shows a prompt, too.
      await workbench.command('Terminal: Kill All Terminals');
      await workbench.command('Terrarium: Start Container');
      await prompt();
      await workbench.typeInTerminal('cat /root/note; echo\n');
      await workbench.waitForTerminal(/^changed outside$/m);
    });
  });
});
