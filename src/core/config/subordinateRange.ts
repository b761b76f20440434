/** Which further ids a person may map: subuid(5) and subgid(5). Asked before a start and in the editor. */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';

/** The first range of subuid(5) or subgid(5) for that user, by name or number. */
export async function subordinateRange(
  file: string,
  uid: number,
): Promise<{ start: number; count: number } | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined; // no such file means no range
  }
  const names = new Set([String(uid), await nameOf(uid)]);
  for (const line of text.split('\n')) {
    const [owner, start, count] = line.split(':');
    if (owner && names.has(owner) && /^\d+$/.test(start ?? '') && /^\d+$/.test(count ?? '')) {
      return { start: Number(start), count: Math.min(Number(count), 65535) };
    }
  }
  return undefined;
}

async function nameOf(uid: number): Promise<string | undefined> {
  if (uid === process.getuid!()) return userInfo().username;
  const passwd = await readFile('/etc/passwd', 'utf8');
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(uid))?.[0];
}
