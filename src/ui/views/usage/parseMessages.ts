/** Parsers of what crosses between the usage panel and its page, and of what VS Code kept. Both ends use them. */
import {
  isBoolean,
  isEither,
  isListOf,
  isNullOr,
  isNumber,
  isObject,
  isOneOf,
  isOptional,
  isText,
  parserOf,
} from '../../../core/guards';
import { type UsageSample, maxSamples } from '../../../core/tree/usage';
import type { UsageMessage, UsageReady, UsageState } from './messages';

const isSample = isObject<UsageSample>({
  ...{ at: isNumber, cpu: isNullOr(isNumber), memory: isNullOr(isNumber) },
  ...{ isUpperBound: isOptional(isBoolean), processes: isNullOr(isNumber) },
});
const isSamples = isListOf(isSample, maxSamples);
const samples = { samples: isSamples, bootedAt: isNumber };

/** @returns undefined where it is no message of the panel */
export const parseUsageMessage = parserOf<UsageMessage>(
  isEither<UsageMessage>(
    isObject<Extract<UsageMessage, { kind: 'all' }>>({
      ...{ kind: isOneOf('all'), ended: isBoolean, ...samples },
    }),
    isObject<Extract<UsageMessage, { kind: 'more' }>>({ kind: isOneOf('more'), ...samples }),
    isObject<Extract<UsageMessage, { kind: 'ended' }>>({ kind: isOneOf('ended') }),
  ),
);

/** @returns undefined where it is no message of the page */
export const parseUsageReady = parserOf(isObject<UsageReady>({ kind: isOneOf('ready') }));

/** @returns undefined where it is none, or of another version */
export const parseUsageState = parserOf(
  isObject<UsageState>({ id: isText, name: isText, ...samples }),
);
