/** The word below the pointer in shell code. Called by the hovers of lesson cells and of the start sequence. */
import { withoutPrompts } from '../../../../core/lesson/shellBlock';
import type { Translate } from '../../translate';
import type { Word } from '../WordTable';
import { word } from '../word';
import { type Spot, shellSpots } from './shellSpots';

export interface WordInCode extends Spot {
  /** As it stands in the code; of an option with its command. */
  readonly shown: string;
  readonly word: Word;
}

/** Longer code has no hovers: it would have to be read again for each. */
const maxLength = 200_000;

/**
 * @param code shell code, or what a terminal showed: then what stands behind its prompts
 * @param offset in UTF-16 units
 * @returns undefined where nothing has a word
 */
export function wordAt(code: string, offset: number, t: Translate): WordInCode | undefined {
  if (code.length > maxLength) return undefined;
  return wordsIn(code, t).findLast(({ start, end }) => start <= offset && offset < end);
}

/** Everything in the code that has a word. */
export function wordsIn(code: string, t: Translate): WordInCode[] {
  return spotsIn(code, t).flatMap((spot) => {
    const found = word(spot.kind, spot.name, t);
    const shown = spot.kind === 'option' ? spot.name : code.slice(spot.start, spot.end);
    return found ? [{ ...spot, word: found, shown }] : [];
  });
}

/** Also what there is no word for. */
export function spotsIn(code: string, t: Translate): Spot[] {
  return shellSpots(withoutPrompts(code), ({ kind, name }) => word(kind, name, t) !== undefined);
}
