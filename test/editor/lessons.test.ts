// A Markdown file in the notebook editor of a real VS Code: cells, and a save that changes nothing else.
import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../src/ui/commandIds';
import { exportHandout } from '../../src/ui/lessons/exportHandout';
import { lessonType } from '../../src/ui/lessons/lessonType';
import { lessonsAlong } from '../../src/ui/model/lessonsAlong';
import { until, workspaceFolder } from './extension';

describe('a lesson', () => {
  const folder = () => path.join(workspaceFolder(), 'lessons');
  const file = () => path.join(folder(), 'lesson.md');

  beforeEach(() => mkdir(folder(), { recursive: true }));
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder(), { recursive: true, force: true });
  });

  async function opened(markdown: string | Buffer): Promise<vscode.NotebookDocument> {
    await writeFile(file(), markdown);
    await vscode.commands.executeCommand(commandIds.openAsLesson, vscode.Uri.file(file()));
    const isOpen = () =>
      vscode.window.activeNotebookEditor?.notebook.uri.fsPath === file() &&
      vscode.window.activeNotebookEditor.notebook.notebookType === lessonType;
    await until('the notebook is open', isOpen);
    return vscode.window.activeNotebookEditor!.notebook;
  }

  async function edit(notebook: vscode.NotebookDocument, at: number, text: string): Promise<void> {
    const { document } = notebook.cellAt(at);
    const change = new vscode.WorkspaceEdit();
    change.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    assert.ok(await vscode.workspace.applyEdit(change));
  }

  const markdown =
    '---\ntitle: x\n---\n\n# A\n\n```bash\nls\n```\n~~~console\n$ id\nuid=0\n~~~\nend';

  it('has prose as prose and shell blocks as cells', async () => {
    const notebook = await opened(markdown);
    assert.deepEqual(
      notebook.getCells().map(({ kind, document }) => [kind, document.getText()]),
      [
        [vscode.NotebookCellKind.Markup, '# A'],
        [vscode.NotebookCellKind.Code, 'ls'],
        [vscode.NotebookCellKind.Code, '$ id\nuid=0'],
        [vscode.NotebookCellKind.Markup, 'end'],
      ],
    );
  });

  for (const [name, bytes] of [
    ['as it is', Buffer.from(markdown)],
    ['with CRLF and a byte order mark', Buffer.from(`\ufeff${markdown.replaceAll('\n', '\r\n')}`)],
    ['with mixed line endings', Buffer.from('a\r\n\r\n```sh\nls\r\nid\n```\r\nb\rc\n')],
    ['that is not UTF-8', Buffer.from('caf\xe9\n\n```sh\necho \xe9\n```\n', 'latin1')],
    ['without a block', Buffer.from('text\n\n')],
    ['that is empty', Buffer.alloc(0)],
  ] as const)
    it(`saves a file ${name} without an edit byte for byte`, async () => {
      const notebook = await opened(bytes);
      assert.ok(await notebook.save());
      assert.deepEqual(await readFile(file()), bytes);
    });

  it('saves an edit to one cell, and nothing else', async () => {
    const crlf = markdown.replaceAll('\n', '\r\n');
    const notebook = await opened(crlf);
    await edit(notebook, 1, 'ls -l\npwd');
    assert.ok(notebook.isDirty);
    assert.ok(await notebook.save());
    assert.equal(await readFile(file(), 'utf8'), crlf.replace('ls\r\n', 'ls -l\r\npwd\r\n'));
  });

  it('saves a file of 2,000 blocks without an edit byte for byte', async function () {
    // VS Code’s client for JSON looks through all cells for each one that opens: seconds, and not ours.
    this.timeout(120_000);
    const long = 'prose\n\n```sh\necho\n```\n\n'.repeat(2000);
    const notebook = await opened(long);
    assert.equal(notebook.cellCount, 4000);
    await notebook.save();
    assert.equal(await readFile(file(), 'utf8'), long);
  });

  it('leaves Markdown to the text editor unless it is asked for', async () => {
    await writeFile(file(), markdown);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file()));
    await until(
      'a text editor',
      () => vscode.window.activeTextEditor?.document.fileName === file(),
    );
    assert.equal(vscode.window.activeNotebookEditor, undefined);
  });

  it('opens what the text editor shows', async () => {
    await writeFile(file(), markdown);
    await vscode.window.showTextDocument(vscode.Uri.file(file()));
    await vscode.commands.executeCommand(commandIds.openAsLesson);
    await until(
      'the notebook is open',
      () => vscode.window.activeNotebookEditor?.notebook.uri.fsPath === file(),
    );
  });

  /** Runs a cell and waits for its end. @returns its outputs by their type */
  async function run(notebook: vscode.NotebookDocument, at: number) {
    const cell = notebook.cellAt(at);
    await vscode.commands.executeCommand('notebook.cell.execute', {
      ranges: [{ start: at, end: at + 1 }],
      document: notebook.uri,
    });
    await until(`cell ${at} has ended`, () => cell.executionSummary?.success !== undefined, 20_000);
    const text = (mime: string) =>
      cell.outputs
        .flatMap(({ items }) => items)
        .filter((item) => item.mime === mime)
        .map(({ data }) => Buffer.from(data).toString())
        .join('');
    return {
      success: cell.executionSummary?.success,
      stdout: text('application/vnd.code.notebook.stdout'),
      stderr: text('application/vnd.code.notebook.stderr'),
      evidence: text('text/plain'),
      html: text('text/html'),
    };
  }

  describe('that comes along', () => {
    const file = 'whose-hostname.md';
    const inFront = () => vscode.window.activeNotebookEditor?.notebook;

    async function openedAlong(name = file): Promise<vscode.NotebookDocument> {
      await vscode.commands.executeCommand(commandIds.openLesson, name);
      await until(`${name} is open`, () => inFront()?.uri.path === `/${name}`);
      return inFront()!;
    }

    it('opens as cells, each that is offered', async () => {
      for (const { file } of lessonsAlong((text) => text)) {
        const notebook = await openedAlong(file);
        assert.equal(notebook.notebookType, lessonType, file);
        assert.ok(notebook.getCells().some(({ kind }) => kind === vscode.NotebookCellKind.Code));
        assert.ok(notebook.cellAt(0).document.getText().startsWith('# '), 'no byte order mark');
      }
    });

    it('has the commands for who runs them', async () => {
      const texts = (await openedAlong()).getCells().map(({ document }) => document.getText());
      const isRoot = process.geteuid!() === 0;
      assert.equal(texts.includes('unshare --uts bash'), isRoot);
    });

    it('runs, and cannot be edited or saved where it is', async function () {
      this.timeout(60_000);
      const notebook = await openedAlong();
      const before = notebook.cellAt(1).document.getText();
      const hello = await run(notebook, 1);
      assert.equal(hello.stdout, `${hostname()}\n`);
      await vscode.commands.executeCommand('notebook.cell.edit');
      await vscode.commands.executeCommand('default:type', { text: 'x' });
      assert.equal(notebook.cellAt(1).document.getText(), before);
      assert.ok(!notebook.isDirty);
      await assert.rejects(
        async () => vscode.workspace.fs.writeFile(notebook.uri, Buffer.from('x')),
        /NoPermissions|read.?only/i,
      );
      await vscode.commands.executeCommand(commandIds.restartLesson);
      await until('the outputs are gone', () => notebook.cellAt(1).outputs.length === 0);
    });

    it('opens nothing else of the machine', async () => {
      const { uri } = await openedAlong();
      for (const change of [{ path: '/../../package.json' }, { path: '/x.md' }, { query: 'x' }])
        await assert.rejects(
          async () => vscode.workspace.fs.readFile(uri.with(change)),
          /FileNotFound|EntryNotFound/,
        );
    });
  });

  describe('that is run', () => {
    const steps = [
      ...['echo hello; pwd', 'unshare --uts --mount --fork bash --norc', 'hostname box'],
      ...['(exit 3)', 'exit', 'x=\'<b>&"\'; exec -a "$x" bash --norc'],
    ];
    const lesson = steps.map((step) => `\`\`\`sh\n${step}\n\`\`\`\n`).join('\n');

    it('shows output, status and evidence of each cell, in one terminal', async function () {
      this.timeout(60_000);
      const before = new Set(vscode.window.terminals);
      const notebook = await opened(lesson);
      const hello = await run(notebook, 0);
      assert.equal(hello.success, true);
      assert.equal(hello.stdout, `hello\n${folder()}\n`);
      assert.match(
        hello.evidence,
        /^None of this is different for the process in front, bash \d+: /,
      );
      const entered = await run(notebook, 1);
      assert.equal(entered.success, true);
      assert.match(entered.evidence, /^UTS namespace: the machine’s → a new one \(new\)\./m);
      assert.match(entered.evidence, /^mount namespace: the machine’s → a new one \(new\)\./m);
      assert.match(entered.evidence, /^other namespaces: pid, ipc, net, user.* \(shared\)\./m);
      assert.match(
        entered.html,
        /<table[^>]*><caption>.*<th scope="row" title="[^"]*">UTS namespace<\/th>/,
      );
      const named = await run(notebook, 2);
      assert.match(named.evidence, /^hostname: .* → box \(changed\)\. That of its UTS namespace/m);
      const failed = await run(notebook, 3);
      assert.equal(failed.success, false);
      assert.equal(failed.stderr, '“(exit 3)” ended with exit status 3.\n');
      assert.match(failed.evidence, /^None of this is different for the process in front/);
      const left = await run(notebook, 4);
      assert.match(left.evidence, /^UTS namespace: another one → the machine’s \(back\)\./m);
      assert.equal(vscode.window.terminals.filter((one) => !before.has(one)).length, 1);
      assert.ok(!notebook.isDirty, 'to run a cell changes no file');
      const handout = Buffer.from(exportHandout(notebook)).toString();
      assert.ok(handout.includes(`\`\`\`text\nhello\n${folder()}\n\`\`\``), handout);
      assert.match(handout, /^\| UTS namespace \| the machine’s \| a new one \| new \| /m);
    });

    it('is restarted from clean', async function () {
      this.timeout(60_000);
      const notebook = await opened(lesson);
      await run(notebook, 1);
      assert.match((await run(notebook, 2)).evidence, /^hostname: /m);
      await vscode.commands.executeCommand(commandIds.restartLesson);
      await until('the outputs are gone', () =>
        notebook.getCells().every(({ outputs }) => outputs.length === 0),
      );
      const again = await run(notebook, 1);
      assert.match(again.evidence, /^UTS namespace: the machine’s → a new one/m);
    });

    it('ends its terminal when it is closed', async function () {
      this.timeout(60_000);
      const before = new Set(vscode.window.terminals);
      await run(await opened(lesson), 0);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await until('the terminal is gone', () =>
        vscode.window.terminals.every((one) => before.has(one)),
      );
    });
  });
});
