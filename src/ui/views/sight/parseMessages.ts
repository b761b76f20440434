/** Parsers of what crosses between the panel of sights and its page, and of what VS Code kept. Pure; without a library, for both ends. */
import { type SightColumn, relationKinds, sightColumns } from '../../../core/sight/sightLine';
import type { SightMessage, SightRequest, SightState } from './messages';

type Parser = (value: unknown) => boolean;
const text: Parser = (value) => typeof value === 'string';
const count: Parser = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const oneOf =
  (...words: readonly string[]): Parser =>
  (value) =>
    words.includes(value as string);
const list =
  (parser: Parser): Parser =>
  (value) =>
    Array.isArray(value) && value.every(parser);
const shape =
  (fields: Readonly<Record<string, Parser>>): Parser =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, parser]) =>
      parser((value as Record<string, unknown>)[name]),
    );

const column = oneOf(...sightColumns);
const cell = shape({ text, word: text, tone: oneOf('untold', ...relationKinds) });
const row = shape({ key: text, depth: count, role: text, more: text, cells: list(cell) });
const message: Parser = (value) =>
  shape({ kind: oneOf('table'), rows: list(row), notes: list(text) })(value) ||
  shape({
    ...{ kind: oneOf('explanation'), key: text, column, title: text },
    paragraphs: list(shape({ heading: text, text })),
    isInside: (one) => typeof one === 'boolean',
  })(value);
const request: Parser = (value) =>
  shape({ kind: oneOf('ready') })(value) ||
  shape({ kind: oneOf('explain'), key: text, column })(value) ||
  shape({ kind: oneOf('inspect', 'reveal'), key: text })(value);
const only = shape({
  pid: (value) => count(value) && value !== 0,
  startTime: (value) => typeof value === 'string' && /^\d{1,20}$/.test(value),
  name: text,
});
const state = shape({
  id: (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
  name: text,
  only: (value) => value === undefined || only(value),
});

/** @returns undefined where it is no message of the panel */
export const parseSightMessage = (value: unknown) =>
  message(value) ? (value as SightMessage) : undefined;

/** @returns undefined where it is no message of the page */
export const parseSightRequest = (value: unknown) =>
  request(value) ? (value as SightRequest) : undefined;

/** @returns undefined where it is none, or of another version */
export const parseSightState = (value: unknown) =>
  state(value) ? (value as SightState) : undefined;

export function isSightColumn(value: string | undefined): value is SightColumn {
  return sightColumns.some((one) => one === value);
}
