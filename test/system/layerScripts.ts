/** Random changes of a rootfs, as lines of shell, and what a list of changes has to say of them. For layer.test.ts. */
import assert from 'node:assert/strict';
import { type BigIntStats, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { LayerChange } from '../../src/protocol/layer';

/** A file as a full walk sees it. */
export interface Walked {
  readonly type: string;
  readonly mode: bigint;
  readonly owner: string;
  readonly content: string;
}

export function walk(folder: string): Map<string, Walked> {
  const all = new Map<string, Walked>();
  const visit = (way: string) => {
    const file = path.join(folder, way);
    const stat = lstatSync(file, { bigint: true });
    all.set(way, {
      type: letterOf(stat),
      mode: stat.mode & 0o7777n,
      owner: `${stat.uid}:${stat.gid}`,
      content: contentOf(file, stat),
    });
    if (stat.isDirectory()) for (const child of readdirSync(file)) visit(path.join(way, child));
  };
  visit('.');
  return all;
}

function letterOf(stat: BigIntStats): string {
  if (stat.isDirectory()) return 'd';
  if (stat.isSymbolicLink()) return 'l';
  return stat.isFile() ? 'f' : 'p';
}

function contentOf(file: string, stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return readlinkSync(file);
  return stat.isFile() ? readFileSync(file, 'latin1') : '';
}

/** Small numbers from a seed (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Makes the tree that is changed: three levels of few names, so that changes meet. */
export function treeScript(): string {
  return `for a in a b c d; do
    mkdir -p tree/$a/a tree/$a/b
    for f in $a $a/a $a/b; do
      for n in 1 2 3; do echo "$f$n" > tree/$f/$n; done
      ln -s 1 tree/$f/link
    done
  done
  ln tree/a/1 tree/a/hard
  find tree -exec touch -h -d @1000000000 {} +`;
}

/** @param owners whether there are others inside to give files to */
export function changesScript(random: (below: number) => number, owners: boolean): string {
  const pick = (words: readonly string[]) => words[random(words.length)]!;
  const name = () => pick(['a', 'b', 'c', 'd', '1', '2', '3', 'link', 'hard', 'new']);
  const place = () =>
    ['tree', ...Array.from({ length: 1 + random(3) }, name)].join('/').replace('/new/new', '/new');
  const line = (): string => {
    const [one, other] = [place(), place()];
    switch (random(owners ? 15 : 14)) {
      case 0:
        // To open a pipe waits for who reads it.
        return `[ -p ${one} ] || echo ${random(100)} > ${one}`;
      case 1:
        return `[ -p ${one} ] || echo ${random(100)} >> ${one}`;
      case 2:
      case 3:
        return `rm -rf ${one}`;
      case 4:
        return `mkdir -p ${one}`;
      case 5:
        return `rm -rf ${one}; mkdir ${one}; echo opaque > ${one}/1`;
      case 6:
        return `mv ${one} ${other}`;
      case 7:
        return `chmod ${pick(['700', '755', '4711', '600', '1777'])} ${one}`;
      case 8:
        return `rm -f ${one}; ln -s ${pick(['1', '2', '/etc'])} ${one}`;
      case 9:
        return `ln ${one} ${other}`;
      case 10:
        return `rm -f ${one}; mkfifo ${one}`;
      case 11:
        return `touch ${one}`;
      case 12:
        return `cp -a ${one} ${other}`;
      case 13:
        return `rm -rf ${one}; echo file > ${one}`;
      default:
        return `chown -h ${pick(['1:1', '0:5', '0:0'])} ${one}`;
    }
  };
  return Array.from({ length: 45 }, () => `{ ${line()}; } 2>/dev/null`).join('\n');
}

/** The list, carried out on the one walk, has to give the other; and says nothing that is not so. */
export function assertChanges(
  changes: readonly LayerChange[],
  lower: ReadonlyMap<string, Walked>,
  merged: ReadonlyMap<string, Walked>,
): void {
  const model = new Map(lower);
  const drop = (top: string) => {
    for (const way of [...model.keys()]) if (way.startsWith(`${top}/`)) model.delete(way);
  };
  for (const change of changes) {
    const { kind, path: way, from } = change;
    const [was, is] = [lower.get(way), merged.get(way)];
    const isBelowNew = !model.has(way);
    const said = JSON.stringify({ change, was, is }, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    assert.equal(kind !== 'deleted', is !== undefined, said);
    if (kind === 'added' || kind === 'renamed') assert.ok(isBelowNew, said);
    else assert.equal(change.was, was?.type, said);
    if (is) assert.equal(change.type, is.type, said);
    if (kind === 'type') assert.notEqual(was?.type, is?.type, said);
    if (kind === 'modified') assert.notEqual(was?.content, is?.content, said);
    if (kind === 'metadata') assert.equal(was?.content, is?.content, said);
    if (kind === 'metadata' || kind === 'modified') {
      assert.equal(change.mode, was?.mode !== is?.mode, said);
      assert.equal(change.owner, was?.owner !== is?.owner, said);
    }
    if (kind === 'metadata') assert.ok(change.mode || change.owner, said);
    if (kind === 'deleted' || kind === 'type' || kind === 'replaced') drop(way);
    if (from !== undefined) {
      assert.ok(lower.has(from) && !merged.has(from), said);
      model.delete(from);
    }
    if (is) model.set(way, is);
    else model.delete(way);
  }
  assert.deepEqual(sorted(model), sorted(merged));
}

function sorted(all: ReadonlyMap<string, Walked>): [string, Walked][] {
  return [...all].sort(([one], [other]) => (one < other ? -1 : 1));
}
