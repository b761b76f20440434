/** Parsers of what crosses between the panel of sights and its page, and of what VS Code kept. Both ends use them. */
import {
  isBoolean,
  isCount,
  isEither,
  isListOf,
  isMatch,
  isObject,
  isOneOf,
  isOptional,
  isText,
  parserOf,
} from '../../../core/guards';
import { relationKinds, sightColumns } from '../../../core/sight/sightLine';
import type { SightCell, SightMessage, SightRequest, SightState, SightTableRow } from './messages';

const isColumn = isOneOf(...sightColumns);
const isCell = isObject<SightCell>({
  ...{ text: isText, word: isText },
  tone: isOneOf('untold', ...relationKinds),
});
const isRow = isObject<SightTableRow>({
  ...{ key: isText, depth: isCount, role: isText, more: isText },
  cells: isListOf(isCell),
});

type Of<Message extends { readonly kind: string }, Kind extends string> = Extract<
  Message,
  { readonly kind: Kind }
>;

/** @returns undefined where it is no message of the panel */
export const parseSightMessage = parserOf<SightMessage>(
  isEither<SightMessage>(
    isObject<Of<SightMessage, 'table'>>({
      ...{ kind: isOneOf('table'), rows: isListOf(isRow), notes: isListOf(isText) },
    }),
    isObject<Of<SightMessage, 'explanation'>>({
      ...{ kind: isOneOf('explanation'), key: isText, column: isColumn, title: isText },
      paragraphs: isListOf(isObject({ heading: isText, text: isText })),
      isInside: isBoolean,
    }),
  ),
);

/** @returns undefined where it is no message of the page */
export const parseSightRequest = parserOf<SightRequest>(
  isEither<SightRequest>(
    isObject<Of<SightRequest, 'ready'>>({ kind: isOneOf('ready') }),
    isObject<Of<SightRequest, 'explain'>>({
      ...{ kind: isOneOf('explain'), key: isText, column: isColumn },
    }),
    isObject<Extract<SightRequest, { kind: 'inspect' | 'reveal' }>>({
      ...{ kind: isOneOf('inspect', 'reveal'), key: isText },
    }),
  ),
);

/** @returns undefined where it is none, or of another version */
export const parseSightState = parserOf<SightState>(
  isObject<SightState>({
    ...{ id: isMatch(/^[0-9a-f]{16}$/), name: isText },
    only: isOptional(
      isObject<NonNullable<SightState['only']>>({
        pid: (value): value is number => isCount(value) && value !== 0,
        ...{ startTime: isMatch(/^\d{1,20}$/), name: isText },
      }),
    ),
  }),
);
