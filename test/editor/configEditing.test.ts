// A config.json in the editor: what is wrong with it, what can be done about it, and what it says.
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { formatConfig } from '../../src/core/config/formatConfig';
import type { OciConfig } from '../../src/core/config/schema';
import { startingPoints } from '../../src/core/config/templates';
import { ownMappings } from '../../src/core/sequence/ownMappings';
import { elfProgram } from '../unit/core/bundle/temporaryFolder';
import { until, workspaceFolder } from './extension';

/** A unit of systemd: runc and crun make it. */
const unit = 'user.slice:terrarium:box';

describe('config.json in the editor', () => {
  const bundle = () => path.join(workspaceFolder(), 'edited');
  const file = () => path.join(bundle(), 'config.json');
  let document: vscode.TextDocument;

  beforeEach(async () => {
    await mkdir(path.join(bundle(), 'rootfs/bin'), { recursive: true });
    await mkdir(path.join(bundle(), 'rootfs/etc'), { recursive: true });
    const shell = elfProgram({ machine: process.arch === 'arm64' ? 183 : 62 });
    await writeFile(path.join(bundle(), 'rootfs/bin/sh'), shell, { mode: 0o755 });
    await writeFile(path.join(bundle(), 'rootfs/etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
    await writeFile(file(), formatConfig(startingPoints[1]!.config('edited')));
    document = await vscode.workspace.openTextDocument(file());
    await vscode.window.showTextDocument(document);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(bundle(), { recursive: true, force: true });
  });

  /** Types the file anew, as `change` wants it, without saving. */
  async function type(
    change: (config: OciConfig & Record<string, unknown>) => void,
  ): Promise<void> {
    const config = structuredClone(startingPoints[1]!.config('edited')) as OciConfig &
      Record<string, unknown>;
    change(config);
    const edit = new vscode.WorkspaceEdit();
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    edit.replace(document.uri, all, formatConfig(config));
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  const ours = () =>
    vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Terrarium');
  const codes = () => ours().map(({ code }) => String(code as string));

  /** Waits for the problem and returns the text that it underlines. */
  async function underlined(code: string): Promise<string> {
    await until(`the problem ${code}, not ${codes().join()}`, () => codes().includes(code));
    return document.getText(ours().find((one) => one.code === code)!.range);
  }

  /** What is offered where this problem is, ready to be applied. */
  async function fixesOf(code: string): Promise<vscode.CodeAction[]> {
    await underlined(code);
    const { range } = ours().find((one) => one.code === code)!;
    return vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
      10, // so many become edits
    );
  }

  async function fix(code: string): Promise<void> {
    await applyFix(code);
    await until(`${code} is gone`, () => !codes().includes(code));
  }

  async function applyFix(code: string): Promise<void> {
    const actions = await fixesOf(code);
    const own = actions.find(({ edit }) => edit !== undefined);
    assert.ok(own?.edit, `no fix for ${code} among ${actions.map(({ title }) => title).join()}`);
    assert.ok(await vscode.workspace.applyEdit(own.edit));
  }

  const problems: [what: string, code: string, text: string, change: Parameters<typeof type>[0]][] =
    [
      [
        'a mount outside the rootfs',
        'mount-destination',
        '"/../mnt"',
        ({ mounts }) => void mounts.push({ destination: '/../mnt', type: 'tmpfs' }),
      ],
      [
        'a source that is missing',
        'mount-source-missing',
        '"/no/such"',
        ({ mounts }) => void mounts.push({ destination: '/mnt', type: 'bind', source: '/no/such' }),
      ],
      [
        'a user whom etc/passwd does not know',
        'user-unknown',
        '1234',
        ({ process }) => void (process.user = { uid: 1234, gid: 0 }),
      ],
      [
        'a program that the rootfs does not have',
        'command-missing',
        '"/bin/absent"',
        ({ process }) => void (process.args = ['/bin/absent']),
      ],
      [
        'a user whom nobody maps',
        'id-unmapped',
        '1234',
        ({ process, linux }) => {
          process.user = { uid: 1234, gid: 0 };
          linux.namespaces.push({ type: 'user' });
          linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
          linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
        },
      ],
      [
        'a kernel parameter of this machine',
        'sysctl-host',
        '"sysctl"',
        ({ linux }) => void (linux.sysctl = { 'kernel.panic': '1' }),
      ],
      [
        'what the built-in engine leaves out',
        'not-carried-out',
        JSON.stringify(unit),
        ({ linux }) => void (linux.cgroupsPath = unit),
      ],
      [
        'a terminal that is there all the same',
        'not-carried-out',
        'false',
        ({ process }) => void (process.terminal = false),
      ],
    ];
  for (const [what, code, text, change] of problems)
    it(`underlines ${what}, as it is typed`, async () => {
      await type(change);
      assert.equal(await underlined(code), text);
      await type(() => undefined);
      await until(`nothing is wrong any more, not ${codes().join()}`, () => codes().length === 0);
    });

  it('underlines ids that are nobody’s to map, and says where to get some', async () => {
    const { geteuid } = process;
    const settings = vscode.workspace.getConfiguration('terrarium');
    await settings.update('privilege', 'rootless', vscode.ConfigurationTarget.Global);
    // Root has nothing to choose, and these tests often run as root.
    process.geteuid = () => 1000;
    try {
      const beyond = { containerID: 0, hostID: 4_000_000_000, size: 65536 };
      await type(({ linux }) => {
        linux.namespaces.push({ type: 'user' });
        linux.uidMappings = [beyond];
        linux.gidMappings = [{ containerID: 0, hostID: process.getgid!(), size: 1 }];
      });
      assert.equal(await underlined('mapping-beyond-range'), '4000000000');
      const [problem, ...others] = ours();
      assert.deepEqual(others, [], 'your own id is yours');
      assert.match(document.lineAt(problem!.range.start.line).text, /"uidMappings"/);
      assert.match(problem!.message, /\/etc\/subuid.*Check This Machine/);
      assert.equal(problem!.severity, vscode.DiagnosticSeverity.Error);

      await fix('mapping-beyond-range');
      const edited = () => JSON.parse(document.getText()) as OciConfig;
      assert.deepEqual(edited().annotations, { 'dev.terrarium.idMappings': 'own' });
      assert.deepEqual(edited().linux.uidMappings, [beyond], 'the bundle starts as it is');
      assert.equal(await underlined('mapping-not-used'), '"uidMappings"');
      await applyFix('mapping-not-used');
      const mine = await ownMappings();
      assert.deepEqual(edited().linux.uidMappings, mine.uidMappings, 'runc takes it too');
      await type(() => undefined);
      await until('nothing is wrong any more', () => codes().length === 0);
    } finally {
      if (geteuid) process.geteuid = geteuid;
      await settings.update('privilege', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('adds the namespace that is missing, removes hooks, and leaves it to runc where that helps', async () => {
    await type(({ linux }) => void (linux.namespaces = [{ type: 'pid' }, { type: 'mount' }]));
    await fix('uts-namespace-missing');
    const { linux } = JSON.parse(document.getText()) as OciConfig;
    assert.deepEqual(linux.namespaces.at(-1), { type: 'uts' });
    await type((config) => void (config.hooks = { poststart: [{ path: '/bin/true' }] }));
    await fix('config-hooks');
    await type(({ linux: one }) => void (one.cgroupsPath = unit));
    await fix('not-carried-out');
    const { annotations } = JSON.parse(document.getText()) as OciConfig;
    assert.equal(annotations?.['dev.terrarium.engine'], 'runc');
  });

  const edited = () => JSON.parse(document.getText()) as OciConfig;

  it('has a hint where no /proc is mounted, and mounts it', async () => {
    await type((config) => {
      config.mounts = config.mounts.filter(({ destination }) => destination !== '/proc');
    });
    assert.equal(await underlined('proc-missing'), '"mounts"');
    const [hint, ...others] = ours();
    assert.deepEqual([hint!.severity, others], [vscode.DiagnosticSeverity.Hint, []]);
    await fix('proc-missing');
    assert.deepEqual(edited().mounts[0], { destination: '/proc', type: 'proc', source: 'proc' });
    await type((config) => void delete (config as Partial<OciConfig>).mounts);
    await fix('proc-missing');
    assert.equal(edited().mounts.length, 1);
  });

  it('has fixes where only one thing can be meant', async () => {
    await type((config) => {
      config.Hostname = config.hostname;
      delete config.hostname;
    });
    await fix('config-key-spelling');
    assert.equal(edited().hostname, 'edited');
    await type(({ root }) => void (root.path = '.'));
    await fix('rootfs-outside');
    assert.equal(edited().root.path, 'rootfs');
    await type(({ root }) => void (root.path = 'absent'));
    await fix('rootfs-missing');
    assert.equal(edited().root.path, 'rootfs');
    await type(({ process }) => void (process.terminal = false));
    await fix('not-carried-out');
    assert.equal(edited().process.terminal, true);
    await type(({ linux }) => {
      linux.namespaces = linux.namespaces.filter((one) => one.type !== 'pid');
    });
    await fix('remark');
    assert.deepEqual(edited().linux.namespaces.at(-1), { type: 'pid' });
    await type(({ linux }) => {
      linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
      linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1 }];
    });
    await fix('not-carried-out');
    assert.deepEqual(edited().linux.namespaces.at(-1), { type: 'user' });
  });

  it('lets the person alone allow a rootfs outside of the bundle, and no workspace', async () => {
    const trees = path.join(workspaceFolder(), 'trees');
    const settings = path.join(workspaceFolder(), '.vscode/settings.json');
    const before = await readFile(settings, 'utf8').catch(() => undefined);
    const configuration = () => vscode.workspace.getConfiguration('terrarium');
    const setting = (folders: string[] | undefined) =>
      configuration().update('rootfsBelow', folders, vscode.ConfigurationTarget.Global);
    await mkdir(trees, { mode: 0o755 });
    try {
      await rename(path.join(bundle(), 'rootfs'), path.join(trees, 'tree'));
      await mkdir(path.dirname(settings), { recursive: true });
      const own = { 'terrarium.stopGraceSeconds': 7, 'terrarium.rootfsBelow': [trees] };
      await writeFile(settings, JSON.stringify(own));
      await until(
        'the settings of the workspace',
        () => configuration().get('stopGraceSeconds') === 7,
      );
      await type(({ root }) => void (root.path = '../trees/tree'));
      const [action] = (await fixesOf('rootfs-outside')).filter(({ command }) => command);
      assert.deepEqual(action!.command!.arguments, ['@id:terrarium.rootfsBelow']);
      await setting([trees]);
      await until('it is allowed', () => !codes().includes('rootfs-outside'));
      assert.deepEqual(codes(), []);
      await chmod(trees, 0o777);
      await type(({ root }) => void (root.path = '../trees/./tree'));
      await underlined('rootfs-below-unfit');
      await setting(undefined);
      await underlined('rootfs-outside');
    } finally {
      await setting(undefined);
      if (before === undefined) await rm(settings, { force: true });
      else await writeFile(settings, before);
      await rm(trees, { recursive: true });
    }
  });

  it('removes a byte order mark, which only the file has, and saves without it', async () => {
    const mark = Buffer.from('\ufeff');
    const onDisk = () => readFile(file());
    await writeFile(file(), Buffer.concat([mark, await onDisk()]));
    const [action] = await fixesOf('config-byte-order-mark');
    assert.equal(action?.title, 'Remove the byte order mark');
    const { command, arguments: targets = [] } = action.command!;
    await vscode.commands.executeCommand(command, ...(targets as unknown[]));
    assert.equal((await onDisk()).subarray(0, 1).toString(), '{');
    await until('nothing is wrong any more', () => codes().length === 0);
    await type(({ process }) => void process.args.push('-l'));
    assert.ok(await document.save());
    assert.equal((await onDisk()).subarray(0, 1).toString(), '{');
    assert.match((await onDisk()).toString(), /"-l"/);
  });

  it('offers a fix once where several problems have it', async () => {
    await type(({ linux }) => {
      linux.cgroupsPath = unit;
      linux.resources = { memory: { limit: 2 ** 30 } };
    });
    await underlined('not-carried-out');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
      vscode.CodeActionKind.QuickFix.value,
    );
    const titles = actions.map(({ title }) => title);
    assert.deepEqual(titles, [...new Set(titles)]);
  });

  it('says over a key which command it becomes', async () => {
    for (const [key, command] of [
      ['"hostname"', /`hostname`/],
      ['"namespaces"', /`unshare`/],
      ['"args"', /`exec`/],
    ] as const) {
      const at = document.positionAt(document.getText().indexOf(key) + 2);
      let said = '';
      for (let look = 0; look < 50 && !command.test(said); look++) {
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          document.uri,
          at,
        );
        said = hovers
          .flatMap(({ contents }) => contents)
          .map((one) => (typeof one === 'string' ? one : one.value))
          .join('\n');
        if (!command.test(said)) await new Promise((resolve) => setTimeout(resolve, 200));
      }
      assert.match(said, command);
    }
  });

  /** The labels of what is offered at a text; the language server of VS Code may still be starting. */
  async function offeredAt(at: string, wanted: string): Promise<string[]> {
    const place = document.positionAt(document.getText().indexOf(at));
    const offered = async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        place,
      );
      return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const end = Date.now() + 20_000;
    let labels = await offered();
    while (!labels.includes(wanted) && Date.now() < end) labels = await offered();
    return labels;
  }

  it('completes what has names: annotations, capabilities, types and options', async function () {
    this.timeout(60_000);
    await type((config) => {
      config.process.terminal = 'HERE-5' as unknown as boolean;
      config.annotations = { 'dev.terrarium.engine': 'HERE-1' };
      config.process.capabilities = { bounding: ['HERE-2'] };
      config.mounts.push({ destination: '/x', type: 'HERE-3', source: 'x', options: ['HERE-4'] });
    });
    for (const [at, wanted] of [
      ['HERE-1', '"crun"'],
      ['HERE-2', '"CAP_SYS_ADMIN"'],
      ['HERE-3', '"overlay"'],
      ['HERE-4', '"rbind"'],
      ['HERE-5', 'true'],
      ['"hostname"', 'domainname'],
    ] as const) {
      const labels = await offeredAt(at, wanted);
      assert.ok(labels.includes(wanted), `${wanted} at ${at}, not ${labels.join(' ')}`);
      assert.ok(!labels.includes('hooks'), 'what is refused is not offered');
    }
  });

  it('completes no type and no name that the list has already', async function () {
    this.timeout(60_000);
    await type((config) => {
      config.process.capabilities = { bounding: ['CAP_KILL', 'HERE-1'] };
      config.linux.namespaces = ['pid', 'mount', 'HERE-2'].map((type) => ({ type: type as 'pid' }));
      config.mounts.push({ destination: '/x', type: 'tmpfs', options: ['nosuid', 'HERE-3'] });
    });
    for (const [at, wanted, listed] of [
      ['HERE-1', '"CAP_CHOWN"', '"CAP_KILL"'],
      ['HERE-2', '"uts"', '"pid"'],
      ['HERE-3', '"nodev"', '"nosuid"'],
    ] as const) {
      const labels = await offeredAt(at, wanted);
      assert.ok(labels.includes(wanted), `${wanted} at ${at}, not ${labels.join(' ')}`);
      assert.ok(!labels.includes(listed), `${listed} at ${at}`);
    }
  });

  it('has one problem for one mistake', async () => {
    await type((config) => {
      config.process.env = ['novalue'];
      config.linux.namespaces.push({ type: 'pidd' as 'pid' });
      config.process.cwd = 1 as unknown as string;
      config.process.terminal = 'yes' as unknown as boolean;
      config.mounts[0] = [] as unknown as OciConfig['mounts'][0];
      delete (config.process as Partial<OciConfig['process']>).args;
    });
    await until('the problems', () => ours().length === 6);
    await new Promise((resolve) => setTimeout(resolve, 1500)); // VS Code's own come later
    const all = vscode.languages.getDiagnostics(document.uri);
    assert.deepEqual(
      all.map(({ source }) => source),
      Array<string>(6).fill('Terrarium'),
    );
  });

  it('leaves a key that occurs twice to VS Code, which names it once at each place', async () => {
    await type((config) => {
      config.process.cwd = 1 as unknown as string;
    });
    const at = document.positionAt(document.getText().indexOf('"hostname":'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, at, '"hostname": "first",\n  ');
    assert.ok(await vscode.workspace.applyEdit(edit));
    const twice = () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .filter(({ range }) => document.lineAt(range.start.line).text.includes('"hostname":'));
    const isSaid = () => twice().length > 0 && codes().join() === 'config-invalid';
    await until('the problem with the folder, and those of VS Code', isSaid);
    const lines = twice().map(({ range }) => range.start.line);
    assert.deepEqual([lines.length, new Set(lines).size], [2, 2]);
  });
});
