/** Which further ids a person may map: subuid(5) and subgid(5). Asked before a start and in the editor. */
import { readFile } from '../fs/files';
import { userInfo } from 'node:os';

export interface IdRange {
  readonly start: number;
  readonly count: number;
}

/** What a container is given of the first range: with its root as many ids as 16 bits count. */
export async function subordinateRange(file: string, uid: number): Promise<IdRange | undefined> {
  const [first] = await subordinateRanges(file, uid);
  return first && { start: first.start, count: Math.min(first.count, 65535) };
}

/** @returns whose first range begins with that id: a name, or a number where the file has one */
export async function firstIdOf(file: string, id: number): Promise<string | undefined> {
  const ranges = rangesIn(await textOf(file));
  const owner = ranges.find(({ range }) => range.start === id)?.owner;
  const first = ranges.find((one) => one.owner === owner);
  return first?.range.start === id ? owner : undefined;
}

/** No such file means no range. */
function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** All ranges of subuid(5) or subgid(5) for that user, by name or number. */
export async function subordinateRanges(file: string, uid: number): Promise<IdRange[]> {
  const text = await textOf(file);
  const names = new Set([String(uid), await nameOf(uid)]);
  return rangesIn(text).flatMap(({ owner, range }) => (names.has(owner) ? [range] : []));
}

/** Whether each of them is in one range or another: newuidmap(1) also goes on from one to the next. */
export function isWithin({ start, count }: IdRange, ranges: readonly IdRange[]): boolean {
  let [from, left] = [start, count];
  while (left > 0) {
    const range = ranges.find((one) => from >= one.start && from < one.start + one.count);
    if (!range) return false;
    left -= range.start + range.count - from;
    from = range.start + range.count;
  }
  return true;
}

/** First id, last id and size of the ranges that useradd(8) allocates (login.defs(5)). */
const given = { first: 100_000, last: 600_100_000, count: 65_536 };

/**
 * A free range of subordinate ids: no range of subuid(5) or subgid(5) and no account has an id in it.
 * @param ranges texts of /etc/subuid and /etc/subgid
 * @param accounts texts of /etc/passwd and /etc/group
 */
export function freeRange(
  ranges: readonly string[],
  accounts: readonly string[],
): IdRange | undefined {
  const taken = ranges.flatMap((text) => rangesIn(text)).map(({ range }) => range);
  for (const line of accounts.flatMap((text) => text.split('\n'))) {
    const id = line.split(':')[2];
    if (/^\d+$/.test(id ?? '')) taken.push({ start: Number(id), count: 1 });
  }
  const { first, last, count } = given;
  for (let start = first; start + count <= last; start += count)
    if (!taken.some((one) => start < one.start + one.count && one.start < start + count))
      return { start, count };
  return undefined;
}

type Owned = { readonly owner: string; readonly range: IdRange };

/** Of the texts that were read last: subuid(5) and subgid(5), which a start reads each time. */
const parsed = new Map<string, readonly Owned[]>();

function rangesIn(text: string): readonly Owned[] {
  const ranges = parsed.get(text) ?? parseRanges(text);
  if (parsed.size > 1 && !parsed.has(text)) parsed.clear();
  parsed.set(text, ranges);
  return ranges;
}

function parseRanges(text: string): Owned[] {
  return text.split('\n').flatMap((line) => {
    const [owner, start, count] = line.split(':');
    return owner && /^\d+$/.test(start ?? '') && /^\d+$/.test(count ?? '')
      ? [{ owner, range: { start: Number(start), count: Number(count) } }]
      : [];
  });
}

/**
 * The name of a user, where the machine has one for that id: in a container, or where a directory service
 * is down, there may be none, and then newuidmap(1) does nothing for them.
 */
export async function nameOf(uid: number): Promise<string | undefined> {
  if (uid === process.getuid!()) return ownName();
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(uid))?.[0];
}

let own: string | undefined;

/** By NSS, which also knows who is in no file. Asked until there is one. */
function ownName(): string | undefined {
  try {
    return (own ??= userInfo().username);
  } catch (error) {
    // uv_os_get_passwd: ENOENT where getpwuid_r(3) finds no user.
    if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR') return undefined;
    throw error;
  }
}
