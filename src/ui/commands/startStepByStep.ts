/** "Start Container Step by Step": begins a start that waits before each step, and opens its steps as a notebook. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { sequenceScheme, sourceOfSequence } from '../config/StartSequence';
import { beginSteps, openSteps } from '../lessons/steps/beginSteps';
import { stepsNotebook } from '../lessons/steps/stepsTarget';
import { type Container, isLive } from '../model/container';
import { pickContainer } from '../pick/pickContainer';
import { requireTrustedLinux } from '../services/trust';
import type { TerminalServices } from '../terminal/TerminalServices';

/** @param target also the URI of a start sequence */
export async function run(services: TerminalServices, target?: unknown): Promise<void> {
  requireTrustedLinux();
  const { t } = vscode.l10n;
  const isSequence = target instanceof vscode.Uri && target.scheme === sequenceScheme;
  const container = await pickContainer(services, isSequence ? sourceOfSequence(target) : target, {
    title: t('Start Container Step by Step'),
    accepts: (candidate) => !isLive(candidate) || isWaiting(candidate),
    none: [t('Every container runs already.'), t('Open a shell in one, or stop it first.')],
    unfit: ({ name }) => [
      t('{0} runs already.', escapeControlCharacters(name)),
      t('Stop it first.'),
    ],
  });
  if (isWaiting(container))
    await openSteps(await stepsNotebook(services, { kind: 'container', container }));
  else await beginSteps(services, container);
}

function isWaiting({ info }: Container): boolean {
  return info?.waitsAt !== undefined;
}
