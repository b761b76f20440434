/** Connects to helpers that already serve, and opens the terminals of before "Reload Window". Called by `extension.ts`. */
import * as vscode from 'vscode';
import type { Container } from '../model/container';
import type { TerminalServices } from './TerminalServices';

export async function reattachConsoles(services: TerminalServices) {
  const { helpers, containers, terminals, log } = services;
  const before = terminals.remembered();
  await containers.ready();
  await helpers.connectExisting();
  const wanted = vscode.workspace.getConfiguration('terrarium').get<boolean>('reattachConsoles');
  if (!wanted) return;
  for (const container of containers.live) {
    const { bundle, name, state, info } = container;
    const link = info && helpers.get(info.privilege);
    if (!link || state !== 'running') continue;
    if (before.consoles.includes(bundle)) {
      await terminals.openConsole(bundle, name, { focus: false }).attach(link, info.console);
      log.info(`attached to the console of ${name} again`);
    }
    await reattachSessions(services, container, new Set(before.sessions));
  }
}

async function reattachSessions(
  { helpers, terminals, log }: TerminalServices,
  { name, info }: Container,
  before: ReadonlySet<string>,
): Promise<void> {
  for (const { stream } of info?.sessions ?? []) {
    if (!info || !before.has(stream)) continue;
    const pty = terminals.openSession(name, { focus: false });
    await terminals.attachSession(pty, helpers.of(info), stream);
    log.info(`attached to a shell in ${name} again`);
  }
}
