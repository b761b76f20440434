/** Warns where a signal had no effect, with buttons for signals that have one. Called after signals were sent. */
import * as vscode from 'vscode';
import type { Unheard } from '../../protocol/messages';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { showMessage } from '../notifications';
import type { Services } from '../services/Services';
import type { Action } from '../showError';
import { commandIds } from '../commandIds';
import type { ProcessTarget } from '../model/rows';

export type UnheardTarget = ProcessTarget & { readonly unheard: Unheard | 'paused' };

/** Sends another signal to one process, as `sendSignals` does. */
export type Send = (target: ProcessTarget, signal: string) => Promise<void>;

/** Resolves when the clicked button is done. */
export async function tellUnheard(
  services: Services,
  unheard: readonly UnheardTarget[],
  sent: number,
  signal: string,
  send: Send,
): Promise<void> {
  const [first, ...others] = unheard;
  if (!first) return;
  const text =
    others.length === 0
      ? explain(services, first, signal)
      : vscode.l10n.t(
          '{0} does nothing to {1} of {2} processes. {3}',
          signal,
          unheard.length,
          sent,
          explain(services, first, signal),
        );
  const actions = others.length === 0 ? actionsFor(services, first, send) : [];
  const picked = await showMessage('warning', text, ...actions.map(({ title }) => title));
  await actions.find(({ title }) => title === picked)?.run();
}

function explain(services: Services, target: UnheardTarget, signal: string): string {
  const { t } = vscode.l10n;
  const { process, info, unheard } = target;
  const name = t('{0} (PID {1})', escapeControlCharacters(process.name), process.pid);
  const parent = parentOf(services, target);
  switch (unheard) {
    case 'ended':
      return parent
        ? t(
            '{0} is a zombie: it has ended and takes no signal. It goes once its parent {1} asks for its exit status.',
            name,
            t('{0} (PID {1})', escapeControlCharacters(parent.process.name), parent.process.pid),
          )
        : t('{0} is a zombie: it has ended and takes no signal.', name);
    case 'init':
      return t(
        '{0} does not hear {1}: it has no handler for it, and the kernel keeps such signals from the first process of a PID namespace.',
        name,
        signal,
      );
    case 'ignored':
      return t('{0} ignores {1}.', name, signal);
    case 'stopped':
      return t('{0} is stopped: {1} reaches it when it is continued.', name, signal);
    case 'paused':
      return t(
        '“{0}” is paused: {1} reaches {2} when it is resumed.',
        escapeControlCharacters(info.name),
        signal,
        name,
      );
  }
}

function actionsFor(services: Services, target: UnheardTarget, sendTo: Send): Action[] {
  const { t } = vscode.l10n;
  const send = (title: string, to: ProcessTarget, signal: string): Action => ({
    title,
    run: () => sendTo(to, signal),
  });
  const kill = send(t('Kill (SIGKILL)'), target, 'SIGKILL');
  switch (target.unheard) {
    case 'ended': {
      const parent = parentOf(services, target);
      return parent
        ? [
            send(t('Remind Parent (SIGCHLD)'), parent, 'SIGCHLD'),
            send(t('Stop Parent (SIGTERM)'), parent, 'SIGTERM'),
          ]
        : [];
    }
    case 'init':
      return target.process.pid === 1
        ? [onContainer(services, t('Stop Container'), commandIds.stopContainer, target), kill]
        : [kill];
    case 'ignored':
      return [kill];
    case 'stopped':
      return [send(t('Continue (SIGCONT)'), target, 'SIGCONT')];
    case 'paused':
      return [onContainer(services, t('Resume Container'), commandIds.resumeContainer, target)];
  }
}

function onContainer(
  { containers }: Services,
  title: string,
  command: string,
  { info }: ProcessTarget,
): Action {
  const run = () => {
    const container = containers.byId(info.id);
    return vscode.commands.executeCommand(command, container && { kind: 'container', container });
  };
  return { title, run };
}

function parentOf({ processes }: Services, target: ProcessTarget): ProcessTarget | undefined {
  const tree = processes.of(target.info.id)?.tree;
  const key = tree?.get(target.process.key)?.parent;
  const process = key === undefined ? undefined : tree?.get(key)?.info;
  return process && { info: target.info, process };
}
