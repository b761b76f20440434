// The extension inside a real VS Code: what activates it, and what is there then.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/ui/commandIds';
import { extension, services } from './extension';

describe('the extension', () => {
  it('is activated by any of its commands', async () => {
    await vscode.commands.executeCommand(commandIds.refresh);
    assert.ok(extension().isActive);
  });

  it('has registered every command of its table', async () => {
    await services();
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const id of Object.values(commandIds)) assert.ok(registered.has(id), id);
  });

  it('runs beside the workspace', () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
  });

  it('contributes a welcome to both views', () => {
    const { contributes } = extension().packageJSON as {
      contributes: { viewsWelcome: { view: string }[] };
    };
    const views = new Set(contributes.viewsWelcome.map(({ view }) => view));
    assert.deepEqual([...views].sort(), ['terrarium.containers', 'terrarium.processes']);
  });

  it('asks for no privilege in its settings unless told', () => {
    assert.equal(vscode.workspace.getConfiguration('terrarium').get('privilege'), 'ask');
  });
});
