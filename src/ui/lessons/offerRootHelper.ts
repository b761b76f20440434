/**
 * Before sudo runs in a lesson: what the kernel tells root alone (namespaces, root, hostname of root's
 * processes) can only be read by a helper that runs as root. Called by the controller, once for each window.
 */
import * as vscode from 'vscode';
import { isCancelled } from '../showError';
import { showModal } from '../notifications';
import type { Services } from '../services/Services';

/** @param lines that are about to be typed */
export function needsRootHelper({ helpers }: Services, lines: readonly string[]): boolean {
  const isRoot = process.geteuid?.() === 0;
  return !isRoot && !helpers.get('root') && lines.some((line) => /\b(?:sudo|doas)\b/.test(line));
}

/**
 * Resolves when it serves, or was not wanted: the lesson goes on without, and says what it was not told.
 * @throws what sudo or the helper says
 */
export async function offerRootHelper({ helpers }: Services): Promise<void> {
  const { t } = vscode.l10n;
  const withHelper = t('Show It All');
  const answer = await showModal(
    'information',
    t('This lesson uses sudo. Show what processes of root see, too?'),
    t(
      'The kernel tells that to root alone, so Terrarium’s helper has to run as root: sudo asks for your password once, in a terminal of its own. Without it the lesson runs as well, and the evidence has fewer rows.',
    ),
    withHelper,
    t('Go On Without'),
  );
  if (answer !== withHelper) return;
  try {
    await helpers.require('root');
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
}
