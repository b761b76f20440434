/** Runs a program of the person's in a terminal, with their own environment, and without a shell. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/**
 * As execvp(3) finds it. VS Code would also look in the working directory.
 * @throws TerrariumError `tool-missing`
 */
export async function findProgram(name: string, remedy: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    if (!folder.startsWith('/')) continue;
    const file = path.join(folder, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false, // the next folder may have it
    );
    if (isThere) return file;
  }
  throw new TerrariumError('tool-missing', vscode.l10n.t('There is no “{0}” here.', name), remedy);
}

/**
 * Runs a task to its end: its terminal stays, with the command line as its first line, and tells how it ended.
 * @throws TerrariumError `word-unfit`
 */
export async function runProgram(
  name: string,
  program: string,
  words: readonly string[],
): Promise<void> {
  // VS Code resolves ${…} in the words of a task: some of its variables run commands.
  const bad = [program, ...words].find((word) => word.includes('${'));
  if (bad !== undefined)
    throw new TerrariumError(
      'word-unfit',
      vscode.l10n.t(
        '“{0}” has “$” and “{” in it, which VS Code would replace.',
        escapeControlCharacters(bad),
      ),
      vscode.l10n.t('Choose another name.'),
    );
  const task = new vscode.Task(
    { type: 'process' },
    vscode.TaskScope.Workspace,
    name,
    'Terrarium',
    new vscode.ProcessExecution(program, [...words], { cwd: '/' }),
    [],
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.New,
  };
  const ended = endedTasks();
  try {
    ended.wait(await vscode.tasks.executeTask(task));
    await ended.promise;
  } finally {
    ended.dispose();
  }
}

/** A task may have ended before it is known which one it is. */
function endedTasks() {
  const seen = new Set<vscode.TaskExecution>();
  let awaited: vscode.TaskExecution | undefined;
  let resolve: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  const look = () => {
    if (awaited && seen.has(awaited)) resolve();
  };
  const listening = vscode.tasks.onDidEndTask(({ execution }) => {
    seen.add(execution);
    look();
  });
  const wait = (execution: vscode.TaskExecution) => {
    awaited = execution;
    look();
  };
  return { promise, wait, dispose: () => void listening.dispose() };
}
