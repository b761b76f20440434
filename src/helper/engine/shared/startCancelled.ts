/** The error of a cancelled start. Thrown by the engines and by what they look up for a start. */
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
