/** Provides tasks of type `terrarium` for "Run Task" and tasks.json. Called by `extension.ts`. */
import path from 'node:path';
import * as vscode from 'vscode';
import { withoutIcons } from '../model/withoutIcons';
import { runTask } from './runTask';
import type { TerminalServices } from '../terminal/TerminalServices';

const type = 'terrarium';

export function registerTasks(services: TerminalServices): void {
  const provider: vscode.TaskProvider = {
    provideTasks: async () => {
      await services.containers.ready();
      const { t } = vscode.l10n;
      return services.containers.all
        .filter(({ isBundle, inWorkspace }) => isBundle && inWorkspace)
        .flatMap(({ folder, name }) => {
          const place = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
          const container = place ? path.relative(place.uri.fsPath, folder) || '.' : folder;
          // VS Code resolves `${command:…}` in a definition by running the command. There is no escape.
          if (container.includes('${')) return [];
          return [
            taskOf(
              services,
              { type, action: 'start', container },
              t('start {0}', withoutIcons(name)),
              place,
            ),
            taskOf(
              services,
              { type, action: 'stop', container },
              t('stop {0}', withoutIcons(name)),
              place,
            ),
          ];
        });
    },
    resolveTask: (task) => taskOf(services, task.definition, task.name, task.scope),
  };
  services.context.subscriptions.push(vscode.tasks.registerTaskProvider(type, provider));
}

function taskOf(
  services: TerminalServices,
  definition: vscode.TaskDefinition,
  name: string,
  folder: vscode.WorkspaceFolder | vscode.TaskScope | undefined,
): vscode.Task {
  const scope = folder ?? vscode.TaskScope.Workspace;
  const base = typeof scope === 'object' ? scope.uri.fsPath : undefined;
  const execution = new vscode.CustomExecution((resolved) =>
    Promise.resolve(runTask(services, resolved, base)),
  );
  return new vscode.Task(definition, scope, name, 'terrarium', execution);
}
