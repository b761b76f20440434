/** The signal that asks a container to end, as its image has it (image-spec, config.md, "StopSignal"). */
import { constants } from 'node:os';
import type { OciConfig } from './schema';

/** image-spec, conversion.md: what `STOPSIGNAL` of a Dockerfile becomes in a runtime configuration. */
export const stopSignalKey = 'org.opencontainers.image.stopSignal';

/** By its name, or by its number where Node has no name: the real-time ones. */
export type Signal = NodeJS.Signals | number;

/** glibc keeps 32 and 33 for its threads (signal(7)). */
const [firstRealTime, lastRealTime] = [34, 64];

const names = new Map(
  (Object.entries(constants.signals) as [NodeJS.Signals, number][])
    .toReversed() // SIGABRT before SIGIOT
    .map(([name, number]) => [number, name]),
);

/** @returns undefined where it says none, or none that there is */
export function stopSignalOf({ annotations }: Pick<OciConfig, 'annotations'>): Signal | undefined {
  const text = annotations?.[stopSignalKey];
  return text === undefined ? undefined : parseSignal(text);
}

/** @param text `SIGTERM`, `TERM`, `15`, `SIGRTMIN+3`, `RTMAX-1`, as image builders take them */
export function parseSignal(text: string): Signal | undefined {
  const word = text.trim().toUpperCase();
  const [, base, sign, more] = /^(?:SIG)?RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(word) ?? [];
  if (base !== undefined) {
    const away = Number(more ?? 0) * (sign === '-' ? -1 : 1);
    return known((base === 'MIN' ? firstRealTime : lastRealTime) + away, firstRealTime);
  }
  if (/^\d{1,2}$/.test(word)) return known(Number(word), 1);
  const name = word.startsWith('SIG') ? word : `SIG${word}`;
  return Object.hasOwn(constants.signals, name) ? (name as NodeJS.Signals) : undefined;
}

function known(number: number, lowest: number): Signal | undefined {
  if (number < lowest || number > lastRealTime) return undefined;
  return names.get(number) ?? (number >= firstRealTime ? number : undefined);
}

export function signalNumber(signal: Signal): number {
  return typeof signal === 'number' ? signal : constants.signals[signal];
}

/** For people: `SIGTERM`, `SIGRTMIN+3`. */
export function signalName(signal: Signal): string {
  if (typeof signal === 'string') return signal;
  return `SIGRTMIN${signal === firstRealTime ? '' : `+${signal - firstRealTime}`}`;
}
