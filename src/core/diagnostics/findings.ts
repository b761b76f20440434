/** Everything there is to say about the text of a config.json, with its places. Loaded when one is open. */
import path from 'node:path';
import { parseTree } from 'jsonc-parser/lib/esm/main.js';
import type { AllowedFolders } from '../bundle/rootfsOf';
import { checkConfig } from './checkConfig';
import { readAt, withRegularFile } from '../fs/readBounded';
import { JsonPlaces } from '../config/jsonPlace';
import { keyName } from '../config/describeIssue';
import { type RuntimeName, runtimeOf } from '../config/engine';
import { type EngineFacts, engineFacts } from '../config/engineFacts';
import { topmostMountAt } from '../config/mountKinds';
import { securityModules } from '../config/securityModules';
import { startWay } from '../config/startWay';
import { unsupported, terminalNote } from '../config/unsupported';
import {
  byteOrderMark,
  byteOrderMarkMessage,
  maxDiagnostics,
  parseConfig,
} from '../config/parseConfig';
import { configWarnings } from '../config/configWarnings';
import { unsupportedByEngine } from '../config/unsupportedByEngine';
import type { HostFacts } from '../sequence/hostFacts';

export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  /** In UTF-16 units. */
  readonly offset: number;
  readonly length: number;
  /** Of the key in the document; what a quick fix works on. */
  readonly path: readonly (string | number)[];
}

/** A finding without its place in the text. */
interface Unplaced extends Pick<Finding, 'code' | 'severity' | 'path'> {
  readonly message: string | (() => string);
  /** The key is meant, and not its value. */
  readonly ofKey?: boolean;
}

/**
 * The first findings, errors before the rest: a file may have more than an editor can show.
 * @param file absolute path of the config.json; the text may be newer than what is on disk
 * @param engineOf what is known of the runtime that the file names
 * @param allowed where the rootfs may lie outside of the bundle
 * @param signal ends it; what it throws then is the signal's reason
 */
export async function findingsOf(
  text: string,
  file: string,
  privilege: HostFacts['privilege'],
  {
    engineOf = engineFacts,
    signal,
    allowed,
  }: {
    readonly engineOf?: (name: RuntimeName) => Promise<EngineFacts>;
    readonly signal?: AbortSignal;
    readonly allowed?: AllowedFolders | undefined;
  } = {},
): Promise<Finding[]> {
  const mark = await byteOrderMarkOf(file);
  const parsed = parseConfig(text);
  if (!parsed.config)
    return [
      ...mark,
      ...parsed.diagnostics.map(({ problem, message, offset, length, path: place }) => ({
        ...{ code: `config-${problem}`, message, offset, length, path: place },
        severity: 'error' as const,
      })),
    ];
  const { config, ignored, places } = parsed;
  const note = terminalNote(config);
  const modules = await securityModules(config);
  // An installed runtime is given the document as it stands.
  const runtime = runtimeOf(config);
  const engine = runtime && (await engineOf(runtime));
  const ignoredBy = runtime ? `${runtime} is given it as it stands` : 'it does nothing here';
  const found: Unplaced[] = [
    ...(await checkConfig(path.dirname(file), config, privilege, signal, allowed)),
    ...[
      ...unsupported(config, undefined, privilege, startWay(config), modules),
      ...(note ? [note] : []),
    ].map((one) => ({
      ...{ ...one, code: 'not-carried-out', severity: 'warning' as const },
    })),
    ...(engine ? unsupportedByEngine(config, engine) : []).map((one) => ({
      ...{ ...one, code: 'engine-unsupported', severity: 'warning' as const },
    })),
    ...configWarnings(config).map((one) => ({
      ...one,
      code: 'remark',
      severity: 'warning' as const,
    })),
    ...(topmostMountAt(config, '/proc')
      ? []
      : [
          {
            ...{ code: 'proc-missing', severity: 'hint' as const, path: ['mounts'], ofKey: true },
            message:
              'No procfs is mounted at /proc: ps and many other programs will not work inside, and the Processes view stays empty.',
          },
        ]),
    ...ignored.map((place) => ({
      code: 'key-ignored',
      message: () => `${keyName(place)} is a key that Terrarium does not know; ${ignoredBy}.`,
      severity: 'information' as const,
      path: place,
      ofKey: true,
    })),
  ];
  return [...mark, ...placed(places, found)];
}

/** Where the text has a key itself, for a quick fix that renames it. */
export function keyRangeOf(text: string, key: Finding['path']): { offset: number; length: number } {
  return new JsonPlaces(parseTree(text)!).keyAt(key);
}

function placed(places: JsonPlaces, found: readonly Unplaced[]): Finding[] {
  const first = oncePerPlace(found);
  const more = first.length - maxDiagnostics;
  const shown = first.slice(0, maxDiagnostics).map(({ ofKey, message, ...one }): Finding => {
    const { offset, length } = ofKey ? places.keyAt(one.path) : places.at(one.path).node;
    return { ...one, message: typeof message === 'string' ? message : message(), offset, length };
  });
  if (more <= 0) return shown;
  const message = `There are ${more} more problems like these.`;
  return [
    ...shown,
    { code: 'config-more', message, severity: 'information', offset: 0, length: 1, path: [] },
  ];
}

/**
 * Errors before the rest. What an error is about has no warning beside it, which may be gone with the
 * error, and nothing is said twice of one place.
 */
function oncePerPlace(found: readonly Unplaced[]): Unplaced[] {
  const isError = ({ severity }: Unplaced) => severity === 'error';
  const placeOf = ({ path: place }: Unplaced) => JSON.stringify(place);
  const errors = found.filter(isError);
  const wrong = new Set(errors.map(placeOf));
  const others = found.filter((one) => !isError(one) && !wrong.has(placeOf(one)));
  const said = new Set<string>();
  return [...errors, ...others].filter((one) => {
    if (typeof one.message !== 'string') return true; // ignored keys: each has a place of its own
    const text = `${placeOf(one)} ${one.message}`;
    return !said.has(text) && said.add(text);
  });
}

/** VS Code strips it from a document, and puts it back when the document is saved: only the file has it. */
async function byteOrderMarkOf(file: string): Promise<Finding[]> {
  const start = await withRegularFile(file, (handle) => readAt(handle, 0, 3)).catch(
    () => undefined, // not saved yet, or not for us to read
  );
  if (start?.toString('utf8') !== byteOrderMark) return [];
  return [
    {
      ...{ code: 'config-byte-order-mark', message: byteOrderMarkMessage },
      ...{ severity: 'error', offset: 0, length: 1, path: [] },
    },
  ];
}
