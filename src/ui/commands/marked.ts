/** The choice of a container with a baseline, for "Compare With Baseline" and "Forget Baseline". */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Container } from '../model/container';
import { ofControl } from '../pick/ofControl';
import { pickContainer } from '../pick/pickContainer';
import type { Services } from '../services/Services';

export function pickMarked(services: Services, target: unknown, title: string): Promise<Container> {
  const { t } = vscode.l10n;
  const remedy = t('Take one with "Mark Baseline" first.');
  return pickContainer(services, ofControl(services, target), {
    title,
    accepts: ({ hasBaseline }) => hasBaseline === true,
    none: [t('No container has a baseline.'), remedy],
    unfit: ({ name }) => [t('{0} has no baseline.', escapeControlCharacters(name)), remedy],
  });
}
