/** Everything there is to say about the text of a config.json, with its places. Loaded when one is open. */
import path from 'node:path';
import { type Node, parseTree } from 'jsonc-parser/lib/esm/main.js';
import { checkConfig } from './checkConfig';
import { keyPlaceOf, placeOf } from './jsonPlace';
import { keyName } from './describeIssue';
import { runtimeOf } from './engine';
import { notCarriedOut, terminalNote } from './notCarriedOut';
import { parseConfig } from './parseConfig';
import { remarks } from './remarks';
import type { HostFacts } from '../sequence/hostFacts';

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** In UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  /** Of the key in the document; what a quick fix works on. */
  readonly path: readonly (string | number)[];
}

/** @param file absolute path of the config.json; the text may be newer than what is on disk */
export async function findingsOf(
  text: string,
  file: string,
  privilege: HostFacts['privilege'],
): Promise<Finding[]> {
  const { config, ignored = [], diagnostics } = parseConfig(text);
  if (!config)
    return diagnostics.map(({ problem, message, offset, length, path: place }) => ({
      ...{ code: `config-${problem}`, message, offset, length, path: place },
      severity: 'error' as const,
    }));
  const tree = parseTree(text)!;
  const note = terminalNote(config);
  const at = (place: readonly (string | number)[]) => ({ path: place, ...placeIn(tree, place) });
  // An installed runtime is given the document as it stands.
  const runtime = runtimeOf(config);
  const ignoredBy = runtime ? `${runtime} is given it as it stands` : 'it does nothing here';
  return [
    ...(await checkConfig(path.dirname(file), config, privilege)).map((finding) => ({
      ...finding,
      ...at(finding.path),
    })),
    ...[...notCarriedOut(config, undefined, privilege), ...(note ? [note] : [])].map(
      ({ path: place, message }) => ({
        ...{ code: 'not-carried-out', message, severity: 'warning' as const },
        ...at(place),
      }),
    ),
    ...remarks(config).map(({ path: place, message }) => ({
      ...{ code: 'remark', message, severity: 'warning' as const },
      ...at(place),
    })),
    ...ignored.map((place) => ({
      code: 'key-ignored',
      message: `${keyName(place)} is a key that Terrarium does not know; ${ignoredBy}.`,
      severity: 'information' as const,
      path: place,
      ...keyPlaceOf(tree, place),
    })),
  ];
}

function placeIn(tree: Node, place: readonly (string | number)[]) {
  const { offset, length } = placeOf(tree, place).node;
  return { offset, length };
}
