/** Ends a start whose last look found something else than the plan says. For verifyMounts.ts and verifyMaskedPaths.ts. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import { TerrariumError } from '../../../core/errors';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';

/** @throws TerrariumError `not-as-planned` */
export function endAsNotPlanned(bundle: Bundle, reason: string): never {
  throw new TerrariumError(
    'not-as-planned',
    `“${escapeControlCharacters(bundle.name)}” did not start: ${reason}.`,
    'Something changed its rootfs during the start; stop what writes there and start again.',
  );
}
