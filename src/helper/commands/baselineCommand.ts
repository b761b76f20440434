/** `helper.js baseline`: takes a baseline of a rootfs, says what is different since, what a file was, and forgets it. */
import { kindOf, loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { Bundle } from '../../core/bundle/loadBundle';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { isBelow } from '../../core/fs/isBelow';
import { changeLines } from '../../core/overlay/changeLines';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { BaselineChanges, BaselineReport } from '../../protocol/baseline';
import { baselineSide } from '../baseline/baselineSide';
import { compareBaseline } from '../baseline/compareBaseline';
import { forgetBaseline } from '../baseline/forgetBaseline';
import { markBaseline } from '../baseline/markBaseline';
import { asRootInside } from '../host/asRootInside';
import type { BaselineCall } from './baselineCall';

/** @param allowed where a rootfs may lie outside of its bundle */
export async function baselineCommand(
  call: BaselineCall,
  allowed?: AllowedFolders,
): Promise<string> {
  const bundle = await loadBundleOrFolder(call.folder, call.kind, allowed);
  if (kindOf(bundle) !== 'bundle') throw noPlace(bundle);
  switch (call.task) {
    case 'mark':
      return json(await mark(bundle, call));
    case 'changes':
      return shown(await changesSince(bundle, call.paths), call.json);
    case 'show':
      return json(await baselineSide(bundle, bytesOf(call.paths[0]!)));
    case 'forget':
      await forgetBaseline(bundle);
      return '';
  }
}

/** @returns lines, or JSON. @throws TerrariumError those of compareBaseline */
export async function baselineChanges(bundle: Bundle, asJson: boolean): Promise<string> {
  return shown(await changesSince(bundle, []), asJson);
}

/** Beside a plain folder there is no place for it. */
function noPlace({ name }: Bundle): TerrariumError {
  return new TerrariumError(
    'baseline-no-bundle',
    `“${escapeControlCharacters(name)}” is a plain folder, and a baseline lies in a bundle beside the rootfs.`,
    'Make a bundle of it first (“Save Configuration Beside Folder” in the editor).',
  );
}

async function mark(
  bundle: Bundle,
  { progress, fewerUnreadThan }: BaselineCall,
): Promise<BaselineReport> {
  const report = await markBaseline(bundle, {
    signal: stopSignal(),
    onProgress: (entries) => {
      if (progress) process.stderr.write(`${JSON.stringify({ entries })}\n`);
    },
    ...(fewerUnreadThan !== undefined && { fewerUnreadThan }),
  });
  const words = ['mark', `--fewer-unread-than=${report.unread}`];
  const inside = await whereMoreIsRead(bundle, report.unread, [
    ...words,
    ...(progress ? ['--progress'] : []),
  ]);
  const found = inside === undefined ? report : BaselineReport.parse(JSON.parse(inside));
  return found.unread < report.unread ? found : report;
}

async function changesSince(bundle: Bundle, paths: readonly string[]): Promise<BaselineChanges> {
  const found = await compareBaseline(bundle, paths.length > 0 ? paths.map(bytesOf) : undefined);
  const words = ['changes', '--json'];
  const inside = await whereMoreIsRead(bundle, found.unread, words, paths);
  const mapped = inside === undefined ? found : BaselineChanges.parse(JSON.parse(inside));
  return mapped.unread < found.unread ? mapped : found;
}

/** @returns what it prints; undefined where nothing is to be gained, or there is no such namespace for this person */
async function whereMoreIsRead(
  bundle: Bundle,
  unread: number,
  words: readonly string[],
  paths: readonly string[] = [],
): Promise<string | undefined> {
  // In that namespace nobody can tell whose an allowed folder is.
  if (unread === 0 || !isBelow(bundle.rootfs, bundle.path)) return undefined;
  const places = paths.map((one) => `/${one}`);
  const output = await asRootInside(['baseline', ...words, '--bundle', bundle.path, ...places], {
    signal: stopSignal(),
    onError: (text) => process.stderr.write(text),
  });
  stopSignal().throwIfAborted();
  return output;
}

let stopped: AbortSignal | undefined;

/** Aborted by a signal of this process, and where nobody reads its progress any more. */
function stopSignal(): AbortSignal {
  if (stopped) return stopped;
  const abort = new AbortController();
  const stop = (signal: string) =>
    abort.abort(
      new TerrariumError(
        'baseline-cancelled',
        `It was cancelled (${signal}).`,
        'The baseline is what it was before.',
      ),
    );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.stderr.on('error', () => stop('EPIPE'));
  return (stopped = abort.signal);
}

function shown(found: BaselineChanges, asJson: boolean): string {
  if (asJson) return json(found);
  const unread = `… and ${found.unread} that could not be read, here or in the baseline`;
  return changeLines(found, found.unread > 0 ? [unread] : []);
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A path of a baseline has a character for each byte. */
function bytesOf(path: string): string {
  return Buffer.from(path).toString('latin1');
}
