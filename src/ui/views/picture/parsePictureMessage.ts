/** Parsers of what the page of the picture gets: messages of its panel, and what VS Code kept of it. Used by the page. */
import {
  type Guard,
  isBoolean,
  isCount,
  isEither,
  isListOf,
  isObject,
  isOneOf,
  isOptional,
  isText,
  parserOf,
} from '../../../core/guards';
import type {
  Picture,
  PictureBox,
  PictureContainer,
  PictureGroup,
  PictureHelper,
  PictureItem,
  PicturePlace,
  PictureProcess,
  PictureRoot,
  SharedNamespace,
} from '../../../core/picture/Picture';
import { namespaceTypes } from '../../../protocol/namespaces';
import type { PictureMessage, PictureState } from './messages';
import { isTarget } from './parsePictureRequest';

const isType = isOneOf(...namespaceTypes);
const isTypes = isListOf(isType);
const isRoot = isObject<PictureRoot>({
  ...{ kind: isOneOf('machine', 'own', 'chroot'), path: isText },
});
const isPlace = isObject<PicturePlace>({
  own: isTypes,
  machine: isTypes,
  root: isOptional(isRoot),
});
/** Boxes and processes have items in them. */
const isItems: Guard<readonly PictureItem[]> = (value) => isListOf(isItem)(value);
const isItem = isEither<PictureItem>(
  isObject<PictureProcess>({
    ...{ kind: isOneOf('process'), key: isText, name: isText, pid: isCount, hostPid: isCount },
    ...{ mark: isOptional(isOneOf('session', 'zombie', 'stopped')), items: isItems },
  }),
  isObject<PictureGroup>({
    ...{ kind: isOneOf('group'), key: isText, count: isCount, first: isText },
    ...{ isAlike: isBoolean, hasMore: isBoolean },
  }),
  isObject<PictureBox>({ kind: isOneOf('box'), key: isText, place: isPlace, items: isItems }),
);
const isContainer = isObject<PictureContainer>({
  ...{ id: isText, name: isText, isPaused: isBoolean, processes: isCount },
  ...{ own: isTypes, machine: isTypes, root: isOptional(isRoot), items: isItems },
});
const isPicture = isObject<Picture>({
  hostname: isText,
  helpers: isListOf(
    isObject<PictureHelper>({ pid: isCount, privilege: isOneOf('root', 'rootless') }),
  ),
  containers: isListOf(isContainer),
  shared: isListOf(isObject<SharedNamespace>({ type: isType, containers: isListOf(isText) })),
  left: isCount,
});

/** @returns undefined for what the panel does not send */
export const parsePictureMessage = parserOf<PictureMessage>(
  isEither<PictureMessage>(
    isObject<Extract<PictureMessage, { kind: 'picture' }>>({
      ...{ kind: isOneOf('picture'), picture: isPicture, selected: isOptional(isTarget) },
    }),
    isObject<Extract<PictureMessage, { kind: 'selected' }>>({
      ...{ kind: isOneOf('selected'), selected: isOptional(isTarget) },
    }),
    isObject<Extract<PictureMessage, { kind: 'draw' }>>({ kind: isOneOf('draw') }),
  ),
);

/** @returns undefined where it is none, or of another version */
export const parsePictureState = parserOf(isObject<PictureState>({ isTable: isBoolean }));
