/** "Attach to Console": shows the terminal of PID 1 or of a session, or opens it again with its scrollback. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type Container, isLive } from '../model/container';
import { noneRunning, notRunning, pickContainer } from '../pick/pickContainer';
import { withoutIcons } from '../model/withoutIcons';
import type { TerminalServices } from '../terminal/TerminalServices';

export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const container = await pickContainer(services, target, {
    title: t('Attach to Console'),
    accepts: isLive,
    none: noneRunning(),
    unfit: notRunning,
  });
  const stream = await pickStream(container);
  if (stream === container.info?.console) await showConsole(services, container);
  else await showSession(services, container, stream);
}

/** The console, or the choice between the console and the sessions. */
async function pickStream({ info, name }: Container): Promise<string | undefined> {
  const { t } = vscode.l10n;
  if (!info?.sessions?.length) return info?.console;
  const picked = await vscode.window.showQuickPick(
    [
      {
        stream: info.console,
        label: `$(terminal-linux) ${t('Console')}`,
        description: t('the terminal of PID 1'),
      },
      ...info.sessions.map(({ stream, command }, index) => ({
        stream,
        label: `$(terminal) ${t('Shell {0}', index + 1)}`,
        description: withoutIcons(command),
      })),
    ],
    {
      title: t('Attach to Console'),
      placeHolder: t('Which terminal of {0}?', escapeControlCharacters(name)),
    },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.stream;
}

/** @throws TerrariumError `helper-gone` */
export async function showConsole(services: TerminalServices, container: Container): Promise<void> {
  const open = services.terminals.console(container.bundle);
  if (open) {
    open.terminal.show();
    return;
  }
  if (!container.info) return;
  const link = services.helpers.of(container.info);
  const { bundle, name, info } = container;
  await services.terminals.openConsole(bundle, name, { focus: true }).attach(link, info.console);
}

async function showSession(
  { terminals, helpers }: TerminalServices,
  { info, name }: Container,
  stream: string | undefined,
): Promise<void> {
  if (!info || stream === undefined) return;
  const open = terminals.session(stream);
  if (open) open.terminal.show();
  else
    await terminals.attachSession(
      terminals.openSession(name, { focus: true }),
      helpers.of(info),
      stream,
    );
}
