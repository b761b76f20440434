// The words and the table below a cell.
import assert from 'node:assert/strict';
import { compareSnapshots } from '../../../../src/core/lesson/compareSnapshots';
import { capabilityNames } from '../../../../src/core/procfs/capabilities';
import type { ProcessSnapshot } from '../../../../src/protocol/snapshot';
import { evidenceHtml, evidencePlain } from '../../../../src/ui/lessons/evidenceHtml';
import { evidenceRows, evidenceSummary } from '../../../../src/ui/lessons/evidenceText';
import { hostMounts, mount, namespaces, snapshot } from '../../core/lesson/snapshots';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

const from = snapshot();
const rows = (after: Partial<ProcessSnapshot>, before = from) =>
  evidenceRows(compareSnapshots(before, snapshot(after)), t);
/** what: before → after (word) */
const lines = (after: Partial<ProcessSnapshot>, before = from) =>
  rows(after, before).map((one) => `${one.what}: ${one.before} → ${one.after} (${one.word})`);
const meaning = (after: Partial<ProcessSnapshot>, before = from) =>
  rows(after, before)
    .map((one) => one.meaning)
    .join(' ');

describe('the words of the evidence', () => {
  it('say that nothing is different, and have no row', () => {
    const evidence = compareSnapshots(from, snapshot());
    assert.equal(
      evidenceSummary(evidence, t),
      'None of this is different for the process in front, bash 4711: namespaces, root, mounts, user, capabilities, hostname, cgroup.',
    );
    assert.deepEqual(evidenceRows(evidence, t), []);
  });

  it('name each new namespace, and those that are still the machine’s', () => {
    const after = { namespaces: namespaces(['pid', 'uts']) };
    assert.deepEqual(lines(after), [
      'PID namespace: the machine’s → a new one (new)',
      'UTS namespace: the machine’s → a new one (new)',
      'other namespaces: mnt, ipc, net, user, cgroup, time → the machine’s (shared)',
    ]);
    assert.match(meaning(after), /; root in it is root of the machine/);
    const left = lines({}, snapshot(after));
    assert.match(left[0]!, /another one → the machine’s \(back\)/);
    assert.match(left[2]!, /^other namespaces: mnt, ipc, net/);
  });

  it('say of PID 1 of a start nothing of what is typed: it reads nothing', () => {
    const after = snapshot({ pid: 4722, startTime: '2', pids: [4722, 1], name: 'init' });
    const made = compareSnapshots(from, after, 'init');
    assert.match(evidenceSummary(made, t), /^PID 1 is there: init 4722\. .* helper, 4711:$/);
    const words = evidenceRows(made, t).map((one) => `${one.what} ${one.meaning}`);
    assert.ok(words.some((one) => one.startsWith('process It was made for the container')));
    assert.equal(evidenceRows(made, t)[0]!.before, 'helper 4711');
    assert.doesNotMatch(words.join(), /typed|in front/);
    const later = compareSnapshots(after, { ...after, hostname: 'box' }, 'init');
    assert.equal(evidenceSummary(later, t), 'What is different for PID 1, init 4722:');
    const same = compareSnapshots(after, after, 'init');
    assert.match(
      evidenceSummary(same, t),
      /^None of this is different for PID 1, init 4722: names/,
    );
  });

  it('say what PID 1 is, inside and outside', () => {
    const after = { pid: 4722, startTime: '2', pids: [4722, 1] };
    assert.ok(lines(after).includes('PID inside · outside: 4711 → 1 · 4722 (changed)'));
    assert.match(meaning(after), /PID 1: .* For the machine it is process 4722/);
    const inside = snapshot(after);
    assert.match(meaning({}, inside), /it is in the machine’s PID namespace/);
    assert.match(meaning({ pids: [4711, 9] }), /process 9 in its PID namespace, and process 4711/);
  });

  it('tell of a group where the group alone has changed', () => {
    const after = { gid: { inside: 0, outside: 1000 } };
    assert.deepEqual(lines(after), ['group inside · outside: 1000 → 0 · 1000 (changed)']);
    assert.match(meaning(after), /^Group 0 in it is group 1000 of the machine/);
  });

  it('say why unshare has --fork', () => {
    assert.match(meaning({ bornElsewhere: true }), /That is what --fork is for/);
  });

  it('tell a chroot by its path, and a pivot_root without one', () => {
    const chroot = { root: { path: '/home/me/box', isHosts: false } };
    assert.deepEqual(lines(chroot), ['root directory: / of the machine → /home/me/box (changed)']);
    const pivot = { root: { path: '/', isHosts: false } };
    assert.deepEqual(lines(pivot), ['root directory: / of the machine → / of its own (changed)']);
    assert.match(meaning(chroot), /The rest is still mounted, and root finds a way there/);
    assert.match(meaning(pivot), /the root of its whole mount namespace/);
  });

  it('name what was mounted, and count what is private', () => {
    const proc = mount('/box/proc', { type: 'proc', source: 'none', isShared: false });
    const entries = [...hostMounts.map((one) => ({ ...one, isShared: false })), proc];
    const after = { mounts: { entries, total: 3 } };
    assert.deepEqual(lines(after), ['mounts: 2 → 3 (changed)']);
    assert.match(meaning(after), /^New: proc on \/box\/proc\. 2 are private now/);
  });

  it('say what other paths mean, and that what is unmounted may lie above what stays', () => {
    const below = mount('/box/proc', { type: 'proc', id: 99 });
    const before = snapshot({ mounts: { entries: [...hostMounts, below], total: 3 } });
    const entries = [hostMounts[0]!, { ...below, place: '/proc' }];
    assert.match(
      meaning({ mounts: { entries, total: 2 } }, before),
      /The same mounts at other paths.*: proc on \/proc\..*No longer there: proc on \/proc\. At the same paths are other mounts/,
    );
  });

  it('name what was made shared, and not what was shared before', () => {
    const shelf = mount('/shelf', { isShared: false });
    const entries = [...hostMounts, shelf];
    const before = snapshot({ mounts: { entries, total: 3 } });
    const shared = [...hostMounts, { ...shelf, isShared: true }];
    assert.match(
      meaning({ mounts: { entries: shared, total: 3 } }, before),
      /Shared: what is mounted below appears in other mount namespaces too, .*: ext4 on \/shelf\./,
    );
    assert.match(meaning({ mounts: { entries: shared, total: 3 } }), /New: .* Shared: /);
    assert.doesNotMatch(meaning({ mounts: { entries, total: 3 } }), /Shared: /);
    const elsewhere = { mounts: { entries: [mount('/elsewhere')], total: 1 } };
    assert.doesNotMatch(meaning(elsewhere), /Shared: /);
  });

  it('say of a table that is seen from another root what it has', () => {
    const proc = mount('/proc', { type: 'proc', source: 'none' });
    const after = { mounts: { entries: [proc], total: 1 } };
    assert.equal(meaning(after), 'Its table has what is mounted below its root: proc on /proc.');
  });

  it('say after pivot_root that the mounts are the same, and after umount that the old root is gone', () => {
    const at = (id: number, place: string) => mount(place, { id, isShared: false });
    const old = [at(1, '/'), at(2, '/proc')];
    const other = { root: { path: '/', isHosts: false } };
    const seen = (more: readonly ReturnType<typeof at>[]) => ({
      mounts: { entries: [...old, ...more], total: old.length + more.length },
    });
    const before = snapshot(seen([at(3, '/box'), at(4, '/box/proc')]));
    const pivoted = { ...seen([at(3, '/'), at(4, '/proc')]), ...other };
    assert.match(
      meaning(pivoted, before),
      /The same mounts at other paths, which begin at another root now: ext4 on \/, ext4 on \/proc\.$/,
    );
    const entries = [at(3, '/'), { ...at(4, '/proc'), options: 'ro' }];
    assert.equal(
      meaning({ ...other, mounts: { entries, total: 2 } }, snapshot(pivoted)),
      'No longer there: the old root, and all that was mounted below it (2). With other options: ext4 on /proc.',
    );
  });

  it('say of a shell in a chroot what it has of the same table, and of the way back as well', () => {
    const proc = (place: string) => mount(place, { id: 9, type: 'proc', isShared: false });
    const outside = { mounts: { entries: [mount('/', { id: 1 }), proc('/box/proc')], total: 2 } };
    const inside = {
      ...{ root: { path: '/box', isHosts: false }, pid: 5000 },
      mounts: { entries: [proc('/proc')], total: 1 },
    };
    assert.match(
      meaning(inside, snapshot(outside)),
      /Its table has what is mounted below its root: proc on \/proc\./,
    );
    assert.match(
      meaning(outside, snapshot(inside)),
      /Its table has what is mounted below its root: ext4 on \/, proc on \/box\/proc\./,
    );
  });

  it('say whose hostname it is', () => {
    assert.match(meaning({ hostname: 'box' }), /this is the machine’s hostname/);
    const own = snapshot({ namespaces: namespaces(['uts']) });
    const renamed = { hostname: 'box', namespaces: own.namespaces };
    assert.match(meaning(renamed, own), /the machine has kept its own/);
  });

  it('say who root inside is outside, with and without a user namespace', () => {
    assert.match(meaning({ uid: { inside: 0, outside: 0 } }), /Root in it is root of the machine/);
    const mapped = {
      uid: { inside: 0, outside: 1000 },
      uidMap: [{ inside: 0, outside: 1000, count: 1 }],
    };
    assert.deepEqual(lines(mapped), [
      'user inside · outside: 1000 → 0 · 1000 (changed)',
      'map of user IDs: all as outside → 0 → 1000 (changed)',
    ]);
    assert.match(meaning(mapped), /Root in it is user 1000 of the machine/);
    assert.match(meaning(mapped), /An ID that the map does not name is 65534/);
    assert.match(meaning({}, snapshot(mapped)), /An ID is the same inside and outside/);
  });

  it('say where capabilities count, and nothing of that where it is not known', () => {
    const capabilities = { effective: [...capabilityNames], bounding: [...capabilityNames] };
    assert.match(lines({ capabilities })[0]!, /^capabilities: 0 → 41 \(gained\)$/);
    assert.match(meaning({ capabilities }), /on the whole machine/);
    const own = { capabilities, namespaces: namespaces(['user']) };
    assert.match(meaning(own), /its own user namespace/);
    assert.doesNotMatch(meaning({ capabilities, namespaces: [] }), /machine|namespace/);
    const lost = meaning({}, snapshot({ capabilities }));
    assert.match(lost, /None is left: it may do what its user may/);
    assert.doesNotMatch(lost, /Each is one right of root/);
    const fewer = { capabilities: { effective: [], bounding: ['KILL'] } };
    assert.match(meaning(fewer), /No program that it starts gets others/);
  });

  it('say what the kernel did not tell, in words of people', () => {
    const untold = ['namespaces', 'bornElsewhere', 'root'].map((field) => ({
      ...{ field, reason: 'EACCES' },
    }));
    assert.deepEqual(lines({ untold }), ['namespaces, root directory:  →  (not known)']);
  });
});

describe('the table of the evidence', () => {
  const evil = '<img src=x onerror=alert(1)>"\'&\u202e\n';
  const evilRows = rows({ name: evil, hostname: evil });

  it('has a heading for each row and column, and a caption', () => {
    const html = evidenceHtml('what is different:', rows({ hostname: 'box' }), t);
    assert.match(html, /<caption>what is different:<\/caption>/);
    assert.equal(html.match(/<th scope="col">/g)?.length, 5);
    assert.match(html, /<th scope="row" title="[^"]+ uts_namespaces\(7\)">hostname<\/th>/);
  });

  it('has the theme’s colours, and a word for each', () => {
    const html = evidenceHtml('', rows({ hostname: 'box' }), t);
    assert.doesNotMatch(html, /#[0-9a-f]{3,6}\b|rgb\(/);
    assert.match(html, /<span class="word">changed<\/span>/);
  });

  it('has no markup of a process’s or host’s name', () => {
    const html = evidenceHtml(evil, evilRows, t);
    assert.doesNotMatch(html, /<img/);
    assert.match(html, /&#60;img src=x onerror=alert\(1\)&#62;&#34;&#39;&#38;\\u202e\\n/);
  });

  it('is a line of text for each row where there is no HTML', () => {
    const plain = evidencePlain('summary', evilRows);
    assert.equal(plain.split('\n').length, evilRows.length + 1);
    assert.match(plain, /^hostname: machine → <img/m);
  });
});
