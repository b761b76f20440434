/** Carries out the setting `terrarium.whenLastWindowCloses`: sends it to every helper, and asks for `ask`. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { HelperLink } from './HelperLink';
import type { Services } from './Services';
import { showMessage } from '../notifications';
import { showError } from '../showError';
import { stopContainer } from './stopContainer';

/** A window that connects within this time was reloaded: no question then. In milliseconds. */
const reloadMs = 30_000;

function chosen(): string | undefined {
  return vscode.workspace.getConfiguration('terrarium').get<string>('whenLastWindowCloses');
}

export function whenLastWindowCloses(services: Services): void {
  const { helpers, context } = services;
  let asked = false;
  const tell = (link: HelperLink) =>
    link
      .request('setLastClientPolicy', { stop: chosen() === 'stop' })
      .catch((error: unknown) => services.log.warn(`when alone: ${messageOf(error)}`));
  context.subscriptions.push(
    helpers.onDidLink((link) => {
      void tell(link);
      if (asked || chosen() !== 'ask' || (link.hello.aloneMs ?? 0) < reloadMs) return;
      asked = true;
      ask(services).catch((error: unknown) => void showError(services, error));
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration('terrarium.whenLastWindowCloses')) return;
      for (const link of helpers.links) void tell(link);
    }),
  );
}

async function ask(services: Services): Promise<void> {
  const { t } = vscode.l10n;
  await services.containers.ready();
  const { live } = services.containers;
  if (live.length === 0) return;
  const stop = t('Stop All');
  const picked = await showMessage(
    'information',
    live.length === 1
      ? t('A container went on while no window was open.')
      : t('{0} containers went on while no window was open.', live.length),
    t('Keep'),
    stop,
  );
  if (picked === stop)
    await Promise.all(services.containers.live.map((one) => stopContainer(services, one)));
}
