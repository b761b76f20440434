// What is told of an import, and the name of what is made.
import assert from 'node:assert/strict';
import { validateName } from '../../../../src/core/bundle/validateName';
import type { ImportReport } from '../../../../src/protocol/imports';
import { percentOf, progressText, remarks, reportPage } from '../../../../src/ui/model/importTexts';
import { nameFromFile } from '../../../../src/ui/model/nameFromFile';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

describe('the name of what is imported', () => {
  it('is that of the file without the endings of archives', () => {
    const names: [string, string][] = [
      ['/srv/alpine-3.20.tar.gz', 'alpine-3.20'],
      ['/srv/image.TGZ', 'image'],
      ['/srv/debian/', 'debian'],
      ['/srv/my box (2).tar', 'my-box-2'],
      ['/srv/.hidden.tar', 'hidden'],
      ['/srv/.tar', 'imported'],
      ['/', 'imported'],
      ['/srv/ü.tar', 'imported'],
    ];
    for (const [file, name] of names) assert.equal(nameFromFile(file), name, file);
  });

  it('is one that a container may have, with a number behind it', () => {
    for (const file of [
      'x'.repeat(300),
      `${'x'.repeat(55)}.y`,
      '$(id)\n.tar',
      '-rf.tar',
      'a\u0000b',
    ])
      assert.equal(validateName(`${nameFromFile(`/srv/${file}`)}123`), undefined, file);
  });
});

describe('texts of an import', () => {
  const none = { count: 0, names: [] };
  const plain: ImportReport = {
    ...{ bundle: '/w/box', source: 'tar', entries: 3, setId: none, warnings: [] },
    notKept: { owners: none, devices: none, xattrs: none },
  };
  const lossy: ImportReport = {
    ...plain,
    setId: { count: 4, names: ['/bin/su', '/bin/[a](command:b)', '/c'] },
    notKept: { owners: { count: 2, names: ['/x', '/y'] }, devices: none, xattrs: none },
  };
  const mine = '/srv/tree.tar';

  it('tell bytes and files, and the share where the whole is known', () => {
    const at = { bytes: 3 * 1024 ** 2, entries: 7 };
    assert.equal(progressText(at, t), '3.0 MiB, 7 files');
    assert.equal(progressText({ ...at, total: 6 * 1024 ** 2 }, t), '3.0 MiB of 6.0 MiB, 7 files');
    assert.equal(percentOf(at), 0);
    assert.equal(percentOf({ ...at, total: 6 * 1024 ** 2 }), 50);
    assert.equal(percentOf({ ...at, total: 1 }), 100);
  });

  it('say nothing of an import that kept everything', () => {
    assert.deepEqual(remarks(plain, t), []);
    assert.doesNotMatch(reportPage(mine, plain, t), /Not kept|Set-user-ID|rootfs\.mtree/);
  });

  it('name set-user-ID programs and count what was not kept', () => {
    const [programs, lost, ...more] = remarks(lossy, t);
    assert.match(programs!, /“\/bin\/su”.*“\/c” and 1 more\.$/);
    assert.equal(lost, 'Not kept: owners (2).');
    assert.deepEqual(more, []);
  });

  it('name sudo only to those who are not root', () => {
    assert.match(reportPage(mine, lossy, t), /privilege sudo/);
  });

  it('make no link of a name in the archive', () => {
    assert.doesNotMatch(reportPage(mine, lossy, t), /\]\(/);
  });
});
