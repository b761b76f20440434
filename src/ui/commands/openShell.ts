/** "Open Shell in Container": a further session, with no more privilege than PID 1 has. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const { info, name } = await pickContainer(services, target, {
    title: t('Open Shell in Container'),
    accepts: ({ state }) => state === 'running',
    none: [t('No container is running.'), t('Start one first.')],
  });
  if (!info) return;
  const link = services.helpers.of(info);
  const terminal = services.terminals.openSession(name);
  try {
    const size = await terminal.size();
    const { stream } = await link.request('openSession', { id: info.id, args: [], ...size });
    await terminal.attach(link, stream);
  } catch (error) {
    terminal.end(messageOf(error));
    throw error;
  }
}
