/** Signals, by name and by this machine’s number (signal(7)). Called by `word`. */
import { constants } from 'node:os';
import { signalChoices } from '../signals';
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export function signals(t: Translate): Table {
  return Object.fromEntries(
    signalChoices.map(({ name, meaning }) => {
      const number = constants.signals[name as NodeJS.Signals] as number | undefined;
      return [number === undefined ? name : `${name}, ${number}`, [t(meaning), 'signal(7)']];
    }),
  );
}
