/**
 * Reads `rootfs.mtree` (notKept.ts), so that an export gives back what the rootfs could not hold. The bundle may
 * be a stranger's: each word is looked at, and what an import never writes is refused.
 */
import { TerrariumError } from '../errors';
import { pathOfEntry, shownName } from './entryName';
import { notKeptFile } from './notKept';

export interface GivenBack {
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly device?: GivenDevice;
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

export type GivenDevice =
  | {
      readonly type: 'char' | 'block';
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
      readonly mtime: string;
    }
  /** A further name of such a device. */
  | { readonly type: 'link'; readonly target: string };

/** More than an import of any distribution writes; in bytes, and in lines. */
export const maxNotKept = 64 * 1024 * 1024;
const maxLines = 1_000_000;

/**
 * @param text one character for each byte (latin1)
 * @returns by path of `pathOfEntry`; of two lines for one the last, as of two layers
 * @throws TerrariumError `not-kept-invalid`
 */
export function readNotKept(text: string): Map<string, GivenBack> {
  const records = new Map<string, GivenBack>();
  let number = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (++number > maxLines) throw invalid(number, `there are more than ${maxLines} lines`);
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', ...words] = line.split(' ');
    if (!name.startsWith('./')) throw invalid(number, 'a line begins with ./ and a name');
    records.set(pathIn(name, number), recordOf(words, number));
  }
  return records;
}

const xattr = 'xattr.';

function recordOf(words: readonly string[], line: number): GivenBack {
  const values = new Map<string, string>();
  const xattrs = new Map<string, Buffer>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const [key, value] = [word.slice(0, equals), word.slice(equals + 1)];
    if (equals < 1) throw invalid(line, `“${shownName(word)}” is no KEY=VALUE`);
    if (key.startsWith(xattr)) xattrs.set(unvis(key.slice(xattr.length)), base64Of(value, line));
    else values.set(key, value);
  }
  const number = (key: string, otherwise?: string) =>
    numberOf(values.get(key) ?? otherwise, key, line);
  const owner = values.has('uid') ? { uid: number('uid'), gid: number('gid') } : undefined;
  const device = deviceOf(values, line);
  return { ...(owner ? { owner } : {}), ...(device ? { device } : {}), xattrs };
}

function deviceOf(values: ReadonlyMap<string, string>, line: number): GivenDevice | undefined {
  const type = values.get('type');
  if (type === undefined) return undefined;
  if (type === 'link') return { type, target: pathIn(values.get('link') ?? '', line) };
  if (type !== 'char' && type !== 'block')
    throw invalid(line, `type=${shownName(type)} is nothing that an import leaves out`);
  const [, major, minor] = /^linux,(\d{1,10}),(\d{1,10})$/.exec(values.get('device') ?? '') ?? [];
  const [, mode] = /^([0-7]{1,5})$/.exec(values.get('mode') ?? '') ?? [];
  // Nanoseconds are a number, without the zeros of a fraction.
  const [, seconds, nanoseconds] =
    /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(values.get('time') ?? '0') ?? [];
  if (major === undefined || mode === undefined || seconds === undefined)
    throw invalid(line, 'a device has mode=, device=linux,MAJOR,MINOR and time=');
  const fraction = (nanoseconds ?? '').padStart(9, '0').replace(/0+$/, '');
  return {
    ...{ type, mode: parseInt(mode, 8) & 0o7777 },
    ...{ major: numberOf(major, 'device', line), minor: numberOf(minor, 'device', line) },
    mtime: fraction === '' ? seconds : `${seconds}.${fraction}`,
  };
}

function pathIn(word: string, line: number): string {
  try {
    return pathOfEntry(Buffer.from(unvis(word), 'latin1'));
  } catch (error) {
    throw invalid(line, `“${shownName(word)}” is no name of a file in the rootfs`, error);
  }
}

function numberOf(text: string | undefined, key: string, line: number): number {
  // 2^32 - 1 is no id (setuid(2)); numbers of devices are smaller.
  const value = /^\d{1,10}$/.test(text ?? '') ? Number(text) : NaN;
  if (value < 2 ** 32 - 1) return value;
  throw invalid(line, `${key}= is no number that Linux has`);
}

function base64Of(text: string, line: number): Buffer {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length <= 128 * 1024)
    return Buffer.from(text, 'base64');
  throw invalid(line, 'the value of an xattr is no base64, or too long');
}

function unvis(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, code: string) =>
    String.fromCharCode(parseInt(code, 8)),
  );
}

function invalid(line: number, reason: string, cause?: unknown): TerrariumError {
  return new TerrariumError(
    'not-kept-invalid',
    `${notKeptFile}, line ${line}: ${reason}.`,
    'Correct or remove the line; an export gives back what it says.',
    { cause },
  );
}
