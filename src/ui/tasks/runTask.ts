/** Runs one task in its terminal, which ends with the task's exit code. Called by `registerTasks`. */
import path from 'node:path';
import * as vscode from 'vscode';
import { commandExitCode } from '../../core/bundle/commandExitCode';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type Container, isLive } from '../model/container';
import { isCancelled } from '../showError';
import { openSession } from '../terminal/openSession';
import { startBundle } from '../terminal/startBundle';
import { requireTrustedLinux } from '../services/trust';
import { ConsolePseudoterminal } from '../terminal/ConsolePseudoterminal';
import { type TaskDefinition, argvOf, parseDefinition } from './definition';
import { stopContainer } from '../services/stopContainer';
import type { TerminalServices } from '../terminal/TerminalServices';

/** @param base folder for a relative path */
export function runTask(
  services: TerminalServices,
  raw: vscode.TaskDefinition,
  base: string | undefined,
): vscode.Pseudoterminal {
  const pty = new ConsolePseudoterminal(services.log, ({ code, message, cause }) => {
    if (code === undefined) pty.writeLine(escapeControlCharacters(message));
    pty.finish(code ?? commandExitCode(cause));
  });
  const task = new Task(services, pty);
  // VS Code drops output that is written before it has called `open`.
  const open = pty.open.bind(pty);
  pty.open = (size) => {
    open(size);
    task.run(raw, base).catch((error: unknown) => {
      if (!isCancelled(error)) services.log.warn(`task: ${messageOf(error)}`);
      pty.end(messageOf(error), undefined, error);
    });
  };
  const close = pty.close.bind(pty);
  pty.close = () => {
    close();
    task.end();
  };
  return pty;
}

class Task {
  /** Ends the session when the user ends the task. */
  end: () => void = () => undefined;

  constructor(
    private readonly services: TerminalServices,
    private readonly pty: ConsolePseudoterminal,
  ) {}

  async run(raw: vscode.TaskDefinition, base: string | undefined): Promise<void> {
    requireTrustedLinux();
    const { t } = vscode.l10n;
    const definition = parseDefinition(raw);
    if (typeof definition === 'string')
      throw new TerrariumError(
        'task-definition',
        t('This task is not complete: {0}.', definition),
        t('Correct it in tasks.json.'),
      );
    const container = await this.#find(definition, base);
    if (definition.action === 'stop') await stopContainer(this.services, container);
    else if (!isLive(container)) await startBundle(this.services, container, { focus: false });
    if (definition.action !== 'run') {
      this.pty.end('', 0);
      return;
    }
    const info = (await this.#find(definition, base)).info;
    if (!info) throw notRunning(container);
    const args = argvOf(definition.command ?? []);
    const stream = await openSession(this.services, info, this.pty, { args });
    this.end = () => {
      this.services.helpers
        .get(info.privilege)
        ?.request('endSession', { id: info.id, stream })
        .catch((error: unknown) => this.services.log.warn(`task: ${messageOf(error)}`));
    };
  }

  async #find({ container }: TaskDefinition, base = ''): Promise<Container> {
    const folder = path.resolve(base, container);
    const found = await this.services.containers.find(folder).catch(() => undefined);
    if (found) return found;
    throw new TerrariumError(
      'not-a-bundle',
      vscode.l10n.t(
        '{0} is no container: it has no config.json beside a folder rootfs.',
        escapeControlCharacters(folder),
      ),
      vscode.l10n.t('Correct "container" in tasks.json.'),
    );
  }
}

function notRunning({ name }: Container): TerrariumError {
  return new TerrariumError(
    'not-running',
    vscode.l10n.t('{0} has ended already.', escapeControlCharacters(name)),
    vscode.l10n.t('Look at its console for what it said.'),
  );
}
