/**
 * An entry as a line of mtree(5), and back. `ctime`, `attributes` and `text` are keywords of ours. A manifest may come with a
 * repository: what is not exactly as `toLine` writes it is refused.
 */
import type { FileLetter } from '../../protocol/layer';
import { type Entry, deepest, longestPath } from './entry';

const words: Readonly<Record<FileLetter, string>> = {
  ...{ f: 'file', d: 'dir', l: 'link', c: 'char', b: 'block', p: 'fifo', s: 'socket' },
  '-': '',
};

const letters = new Map(
  (Object.entries(words) as [FileLetter, string][]).map(([letter, word]) => [word, letter]),
);

/** Of attributes. */
const unknown = 'unknown';

/** In the order in which `toLine` writes them. */
const form = new RegExp(
  [
    /^(?<name>\.|\.\/[!-~]+)/,
    / type=(?<type>[a-z]+) mode=0(?<mode>[0-7]{1,4})/,
    /(?: uid=(?<uid>\d{1,10}))?(?: gid=(?<gid>\d{1,10}))?(?: size=(?<size>\d{1,15}))?/,
    / time=(?<time>-?\d{1,20}\.\d{9})(?: ctime=(?<ctime>-?\d{1,20}\.\d{9}))?/,
    / inode=(?<inode>\d{1,20})(?: link=(?<link>[!-~]*))?(?: device=(?<device>\d{1,20}))?/,
    /(?: sha256=(?<sha256>[0-9a-f]{64}))?(?: attributes=(?<attributes>unknown|[0-9a-f]{64}))?/,
    /(?: text=(?<text>\d{1,15}))?(?<ignore> ignore)?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** As strsvis(3) with VIS_OCTAL and VIS_WHITE does it, and some characters more. */
function encoded(name: string): string {
  return name.replace(
    /[^!-~]|[\\#=]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
}

function decoded(word: string): string {
  if (!word.includes('\\')) return word;
  return word.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
}

/** Without the end of the line. */
export function toLine(entry: Entry): string {
  const { path, type, mode, isClosed } = entry;
  const word = (keyword: string, value: string | number | undefined) =>
    value === undefined ? '' : ` ${keyword}=${value}`;
  return [
    path === '.' ? '.' : `./${encoded(path)}`,
    word('type', words[type]),
    word('mode', `0${mode.toString(8)}`),
    word('uid', entry.uid),
    word('gid', entry.gid),
    word('size', type === 'f' ? entry.size : undefined),
    word('time', entry.mtime),
    word('ctime', entry.ctime),
    word('inode', entry.inode),
    word('link', entry.link === undefined ? undefined : encoded(entry.link)),
    word('device', entry.device),
    word('sha256', entry.sha256),
    word('attributes', entry.attributes === '' ? undefined : (entry.attributes ?? unknown)),
    word('text', entry.text),
    isClosed ? ' ignore' : '',
  ].join('');
}

/** @returns undefined for what `toLine` never writes */
export function parseLine(line: string): Entry | undefined {
  const said = form.exec(line)?.groups as Partial<Record<string, string>> | undefined;
  const type = said && letters.get(said['type']!);
  const path = said && pathOf(said['name']!);
  if (!said || type === undefined || path === undefined) return undefined;
  const number = (word: string | undefined) => (word === undefined ? undefined : Number(word));
  return {
    ...{ path, type, mode: parseInt(said['mode']!, 8) },
    ...{ uid: number(said['uid']), gid: number(said['gid']), size: number(said['size']) ?? 0 },
    ...{ mtime: said['time']!, ctime: said['ctime'], inode: said['inode']! },
    ...{ link: said['link'] === undefined ? undefined : decoded(said['link']) },
    ...{ device: said['device'], sha256: said['sha256'], text: number(said['text']) },
    attributes: said['attributes'] === unknown ? undefined : (said['attributes'] ?? ''),
    isClosed: said['ignore'] !== undefined,
  };
}

function pathOf(name: string): string | undefined {
  if (name === '.') return name;
  if (name.length > 4 * longestPath) return undefined;
  const path = decoded(name.slice(2));
  const names = path.split('/');
  if (names.length > deepest + 1 || path.includes('\0')) return undefined;
  return names.some((one) => one === '' || one === '.' || one === '..') ? undefined : path;
}
