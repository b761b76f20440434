// The table as text, and the explanation of its cells.
import assert from 'node:assert/strict';
import { type Seen, type SightColumn, sightColumns } from '../../../../../src/core/sight/sightLine';
import { groupAlike } from '../../../../../src/core/sight/groupAlike';
import type { SightRole } from '../../../../../src/protocol/sight';
import type { ProcessSnapshot } from '../../../../../src/protocol/snapshot';
import { contextOf } from '../../../../../src/ui/views/sight/SightContext';
import { explainCell } from '../../../../../src/ui/views/sight/explainCell';
import { tableNotes, tableRows } from '../../../../../src/ui/views/sight/tableText';
import { namespaces, snapshot } from '../../../core/lesson/snapshots';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));
const seen = (role: SightRole, depth: number, more: Partial<ProcessSnapshot>): Seen => {
  const one = snapshot(more);
  return { row: { key: `${one.pid}:${one.startTime}`, role, depth }, snapshot: one };
};
const own = namespaces(['pid', 'mnt', 'uts', 'ipc']);
/** The table of the notes: bash (PID 1) on the host's root, sh in the rootfs. */
const notes = [
  seen('viewer', 0, { pid: 10, pids: [10] }),
  seen('helper', 1, { pid: 20, name: 'MainThread', pids: [20], uid: { inside: 0, outside: 0 } }),
  seen('monitor', 2, {
    ...{ pid: 30, name: 'unshare', pids: [30], parent: { pid: 20, name: 'MainThread' } },
    ...{ namespaces: namespaces(['mnt', 'uts', 'ipc']), uid: { inside: 0, outside: 0 } },
  }),
  seen('init', 3, {
    ...{ pid: 31, pids: [31, 1], parent: { pid: 30, name: 'unshare' }, namespaces: own },
    uid: { inside: 0, outside: 0 },
  }),
  seen('inside', 4, {
    ...{ pid: 39, name: 'sh', pids: [39, 9], parent: { pid: 31, name: 'bash' }, namespaces: own },
    ...{ root: { path: '/home/me/mycontainer1', isHosts: false }, uid: { inside: 0, outside: 0 } },
  }),
];
const { lines } = groupAlike(notes);
const context = contextOf('builtin', lines);
const table = tableRows(lines, context, t);
const column = (name: SightColumn) =>
  table.map(({ cells }) => {
    const { text, word } = cells[sightColumns.indexOf(name)]!;
    return word === '' ? text : `${text} (${word})`;
  });
const explained = (key: string, name: SightColumn) =>
  explainCell(key, name, lines, context, t)!
    .paragraphs.map(({ heading, text }) => `${heading}: ${text}`)
    .join('\n');

describe('the table of what processes see', () => {
  it('is that of the notes', () => {
    assert.deepEqual(column('process'), ['bash', 'helper', 'unshare', 'bash', 'sh']);
    assert.deepEqual(
      table.map(({ role }) => role),
      ['your shell', 'as root', 'monitor', 'PID 1', ''],
    );
    assert.deepEqual(column('namespaces').slice(2), [
      'mnt uts ipc (own)',
      'pid mnt uts ipc (own)',
      'pid mnt uts ipc (same)',
    ]);
    assert.deepEqual(column('root').slice(2), [
      '/ of the machine (same)',
      '/ of the machine (same)',
      '/home/me/mycontainer1 (own)',
    ]);
    assert.deepEqual(column('pidInside').slice(3), ['1 (first)', '9 (same numbering)']);
    assert.deepEqual(column('pidOutside'), ['10', '20', '30', '31', '39']);
    assert.deepEqual(column('parent').slice(2), [
      'helper 20 (the row above)',
      'unshare 30 (the row above)',
      'bash 31 (the row above)',
    ]);
    assert.equal(column('userInside')[1], '0 (root) (another)');
  });

  it('explains what a cell is, how it differs, which call made it so, and where one reads on', () => {
    const text = explained('31:100', 'namespaces');
    assert.match(text, /pid: Processes that start in it are counted anew/);
    assert.match(text, /Beside the row above, unshare 30: Other ones: pid\. The same: mnt uts ipc/);
    assert.match(text, /Beside this machine: net: its network is the machine’s/);
    assert.match(text, /unshare\(2\) by its parent, with CLONE_NEWPID .* because of --fork/);
    assert.match(text, /In the manual: namespaces\(7\)/);
    assert.match(
      explained('39:100', 'root'),
      /Here: \/home\/me\/mycontainer1\n.*\n.*\n.*chroot\(2\)/,
    );
    assert.match(
      explained('39:100', 'hostname'),
      /row above, bash 31: The same\.\n.*\n.*: No call/,
    );
    assert.equal(explainCell('1:1', 'root', lines, context, t), undefined);
    for (const { row } of lines)
      for (const name of sightColumns) assert.ok(explained(row.key, name).length > 40, name);
  });

  it('names terrarium-init or the runtime where they made the calls', () => {
    const { lines: others } = groupAlike([
      seen('monitor', 0, { pid: 30, name: 'terrarium-init' }),
      seen('init', 1, { pid: 31, namespaces: own, root: { path: '/', isHosts: false } }),
    ]);
    const call = (engine: 'builtin' | 'runc', name: SightColumn) =>
      explainCell('31:100', name, others, contextOf(engine, others), t)!.paragraphs.at(-2)!.text;
    assert.match(call('builtin', 'namespaces'), /^clone3\(2\) by terrarium-init/);
    assert.match(call('runc', 'namespaces'), /by runc, with CLONE_NEWPID/);
    assert.match(call('runc', 'root'), /^pivot_root\(2\) by runc/);
  });

  it('shows what was not told as such', () => {
    const known = snapshot({ pid: 5, name: 'sudo' });
    delete known.root;
    const untold = [{ field: 'root', reason: 'EACCES' }];
    const { lines: hidden } = groupAlike([
      { row: { key: '5:100', role: 'sudo', depth: 0 }, snapshot: { ...known, untold } },
    ]);
    const [row] = tableRows(hidden, contextOf('builtin', hidden), t);
    assert.deepEqual(row!.cells[sightColumns.indexOf('root')], {
      ...{ text: '?', word: 'not told: EACCES', tone: 'untold' },
    });
    const found = explainCell('5:100', 'root', hidden, contextOf('builtin', hidden), t)!;
    assert.match(JSON.stringify(found), /does not tell it to the helper: EACCES/);
    assert.ok(!JSON.stringify(found).includes('Beside this machine'));
  });

  it('makes hostile names visible, in cells and in explanations', () => {
    const evil = '\u202e<b>\n\x1b[2J';
    const { lines: bad } = groupAlike([
      seen('inside', 0, {
        ...{ pid: 5, name: evil, hostname: evil, parent: { pid: 4, name: evil } },
        root: { path: `/${evil}`, isHosts: false },
      }),
    ]);
    const said = contextOf('builtin', bad);
    const texts = sightColumns.flatMap((name) => [
      ...explainCell('5:100', name, bad, said, t)!.paragraphs.map(({ text }) =>
        text.replaceAll('\n', ''),
      ),
      explainCell('5:100', name, bad, said, t)!.title,
    ]);
    const all = [...texts, ...tableRows(bad, said, t)[0]!.cells.map(({ text }) => text)].join('');
    for (const raw of ['\u202e', '\x1b', '\n']) assert.ok(!all.includes(raw));
    assert.match(all, /\\u202e<b>\\n\\x1b\[2J/);
  });

  it('says above itself what it does not show', () => {
    const calm = {
      ...{ left: 0, unread: 0, viewerElsewhere: false, error: undefined },
      ...{ blocking: [], readsNothing: false },
      ...{ isMachineInside: false, hasUntold: false, isRootless: true },
    };
    assert.deepEqual(tableNotes(calm, t), []);
    const all = tableNotes(
      {
        ...{ left: 3, unread: 2, viewerElsewhere: true, error: 'No procfs.' },
        ...{ blocking: [{ hostPid: 4711, since: '18:20:00' }], readsNothing: true },
        ...{ isMachineInside: true, hasUntold: true, isRootless: true },
      },
      t,
    );
    assert.equal(all.length, 8);
    assert.match(
      all.join('\n'),
      /4711 .* since 18:20:00: .*\nNothing new .*\n.*dev container.*\n.*container itself.*\n.*without root.*\n2 processes.*\n3 more/s,
    );
  });
});
