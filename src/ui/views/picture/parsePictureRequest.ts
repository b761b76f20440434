/** Parses what the page of the picture sends. Used by its panel, which is loaded with the extension. */
import {
  isEither,
  isObject,
  isOneOf,
  isOptional,
  isTextUpTo,
  parserOf,
} from '../../../core/guards';
import type { Target } from '../../../core/picture/Picture';
import type { PictureRequest } from './messages';

/** Characters of an SVG; a picture has some hundred shapes. */
const maxSvg = 8 * 1024 * 1024;
const isKey = isTextUpTo(4096);

export const isTarget = isObject<Target>({ containerId: isKey, key: isOptional(isKey) });

/** @returns undefined for what the page does not send */
export const parsePictureRequest = parserOf<PictureRequest>(
  isEither<PictureRequest>(
    isObject<Extract<PictureRequest, { kind: 'ready' }>>({ kind: isOneOf('ready') }),
    isObject<Extract<PictureRequest, { kind: 'save' }>>({ kind: isOneOf('save') }),
    isObject<Extract<PictureRequest, { kind: 'chosen' }>>({
      ...{ kind: isOneOf('chosen'), target: isTarget },
    }),
    isObject<Extract<PictureRequest, { kind: 'svg' }>>({
      kind: isOneOf('svg'),
      svg: (value): value is string => isTextUpTo(maxSvg)(value) && value.startsWith('<?xml '),
    }),
  ),
);
