/** Which further ids a person may map: subuid(5) and subgid(5). Asked before a start and in the editor. */
import { readFile } from 'node:fs/promises';
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

/** All ranges of subuid(5) or subgid(5) for that user, by name or number. */
export async function subordinateRanges(file: string, uid: number): Promise<IdRange[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return []; // no such file means no range
  }
  const names = new Set([String(uid), await nameOf(uid)]);
  return text.split('\n').flatMap((line) => {
    const [owner, start, count] = line.split(':');
    return owner && names.has(owner) && /^\d+$/.test(start ?? '') && /^\d+$/.test(count ?? '')
      ? [{ start: Number(start), count: Number(count) }]
      : [];
  });
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

async function nameOf(uid: number): Promise<string | undefined> {
  if (uid === process.getuid!()) return userInfo().username;
  const passwd = await readFile('/etc/passwd', 'utf8');
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(uid))?.[0];
}
