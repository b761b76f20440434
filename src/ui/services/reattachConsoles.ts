/** After "Reload Window": connects to helpers that still serve and opens the consoles again. */
import * as vscode from 'vscode';
import type { Services } from './Services';

export async function reattachConsoles({ helpers, containers, terminals, log }: Services) {
  await containers.ready();
  await helpers.connectExisting();
  const wanted = vscode.workspace.getConfiguration('terrarium').get<boolean>('reattachConsoles');
  const before = new Set(terminals.remembered());
  for (const { bundle, name, state, info } of containers.live) {
    if (!wanted || !before.has(bundle) || state !== 'running' || !info) continue;
    const link = helpers.get(info.privilege);
    if (!link) continue;
    const terminal = terminals.openConsole(bundle, name, { focus: false });
    await terminal.attach(link, info.console);
    log.info(`attached to the console of ${name} again`);
  }
}
