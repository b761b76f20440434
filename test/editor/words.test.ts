// The word below the pointer, as VS Code asks for it: in a lesson's cell, a start sequence, a config.json.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { formatConfig } from '../../src/core/config/formatConfig';
import { startingPoints } from '../../src/core/config/templates';
import { commandIds } from '../../src/ui/commandIds';
import { sequenceUri } from '../../src/ui/config/StartSequence';
import { lessonType } from '../../src/ui/lessons/lessonType';
import { until, workspaceFolder } from './extension';

/** What the hovers of ours say where `marked` stands, at the bar in it. */
async function hoverAt(document: vscode.TextDocument, marked: string): Promise<string> {
  const [before, after] = marked.split('▸') as [string, string];
  const found = document.getText().indexOf(before + after);
  assert.notEqual(found, -1, `${marked} in ${document.getText()}`);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(found + before.length),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((text) => (typeof text === 'string' ? text : text.value))
    .join('\n')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

describe('the word below the pointer', () => {
  const folder = () => path.join(workspaceFolder(), 'words');
  const config = () => path.join(folder(), 'config.json');
  const lesson = () => path.join(folder(), 'lesson.md');

  beforeEach(async () => {
    await mkdir(path.join(folder(), 'rootfs/bin'), { recursive: true });
    await writeFile(config(), formatConfig(startingPoints[2]!.config('words')));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder(), { recursive: true, force: true });
  });

  for (const [endings, newline] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ] as const)
    it(`is explained in a cell of a lesson with ${endings}`, async () => {
      const lines = ['# A', '', '```sh', 'cd /', 'sudo unshare --fork bash', 'mount -o ro a b'];
      await writeFile(lesson(), [...lines, '```', ''].join(newline));
      await vscode.commands.executeCommand(commandIds.openAsLesson, vscode.Uri.file(lesson()));
      const notebook = () => vscode.window.activeNotebookEditor?.notebook;
      await until('the lesson is open', () => notebook()?.notebookType === lessonType);
      const { document } = notebook()!.cellAt(1);
      assert.match(
        await hoverAt(document, '--f▸ork'),
        /unshare --fork\*\*: Starts .* unshare\(1\)/,
      );
      assert.match(await hoverAt(document, '▸unshare'), /Makes new namespaces.* unshare\(1\)/);
      assert.match(await hoverAt(document, '-o r▸o'), /Read-only.* mount\(8\)/);
      assert.equal(await hoverAt(document, 'cd▸ /'), '');
    });

  it('is explained in a start sequence', async () => {
    const document = await vscode.workspace.openTextDocument(
      sequenceUri(vscode.Uri.file(config())),
    );
    assert.match(await hoverAt(document, '▸--kill-child'), /When unshare ends.* unshare\(1\)/);
    assert.match(await hoverAt(document, '-- pivot▸_root'), /root of the mount namespace/);
    assert.match(await hoverAt(document, 'nos▸uid,noexec'), /Set-user-ID bits.* mount\(8\)/);
  });

  it('is explained in the values of a config.json', async () => {
    const document = await vscode.workspace.openTextDocument(config());
    for (const [marked, expected] of [
      ['"CAP_▸KILL"', /Signal processes of other users\. capabilities\(7\)/],
      ['"▸pid"', /which processes are seen.* pid_namespaces\(7\)/],
      ['"nos▸uid"', /Set-user-ID bits/],
      ['"tmp▸fs"', /Files in memory/],
      ['"RLIMIT_▸NOFILE"', /descriptor.* getrlimit\(2\)/],
      ['"SCMP_▸ACT_ERRNO"', /fails with an error.* seccomp\(2\)/],
      ['"/proc/k▸core"', /The memory of the whole machine/],
    ] as const)
      assert.match(await hoverAt(document, marked), expected, marked);
  });

  it('is no link that a file could make', async () => {
    const document = await vscode.workspace.openTextDocument({
      language: 'shellscript',
      content: 'mount -o ro',
    });
    assert.equal(await hoverAt(document, '▸mount'), '', 'a script is not ours');
  });

  it('refuses a manual page that is none', async () => {
    const terminals = vscode.window.terminals.length;
    for (const section of ['-w(1)', '/etc/passwd(1)', 'unshare(1);id', '', undefined])
      await vscode.commands.executeCommand(commandIds.openManual, section);
    assert.equal(vscode.window.terminals.length, terminals);
  });
});
