/** What a start ends with that was stopped. Thrown by whoever carries it out or looks things up for it. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';

export function startCancelled({ name }: Pick<Bundle, 'name'>): TerrariumError {
  return new TerrariumError(
    'cancelled',
    `Starting “${escapeControlCharacters(name)}” was cancelled.`,
    'Nothing is left of it.',
  );
}
