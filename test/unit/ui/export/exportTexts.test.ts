/** What is told of an export: nothing that is not so, and no name that acts in Markdown. */
import assert from 'node:assert/strict';
import type { ExportReport } from '../../../../src/protocol/exports';
import { exportPage, exportRemarks } from '../../../../src/ui/export/exportTexts';

const t = (text: string, ...args: (string | number)[]) =>
  text.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

/** As it is read. */
const plainText = (page: string) =>
  page.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

describe('texts of an export', () => {
  const none = { count: 0, names: [] };
  const plain: ExportReport = {
    ...{ target: '/w/box.tar', format: 'tar', bytes: 2048, entries: 3, warnings: [], unsaid: [] },
    ...{ givenBack: { owners: none, devices: none, xattrs: none }, foreignOwners: none },
    ...{ whiteouts: none, hostPaths: [] },
  };
  const image: ExportReport = {
    ...{ ...plain, format: 'docker-archive', reference: 'box:latest', digest: 'sha256:0' },
    givenBack: { owners: none, devices: { count: 5, names: ['/dev/a', '/b', '/c'] }, xattrs: none },
    whiteouts: { count: 1, names: ['/.wh.[x](command:y)'] },
    ...{ foreignOwners: { count: 2, names: ['/x'] }, unsaid: ['mounts'] },
    warnings: ['tar: ./s: socket ignored'],
  };

  it('are short where all is as it was', () => {
    assert.deepEqual(exportRemarks(plain, t), []);
    const page = exportPage('/w/box', plain, t);
    assert.match(
      plainText(page),
      /\| Made from \| \/w\/box \|\n\| File \| \/w\/box\.tar \|\n\| Size \| 2 KiB/,
    );
    assert.doesNotMatch(page, /^## /m);
  });

  it('name what is other than in the rootfs', () => {
    assert.match(
      exportRemarks(image, t).join(' '),
      /root’s in it: 2\. .*place in an image\. .*tar: 1/,
    );
    const page = exportPage('/w/box', image, t);
    assert.match(plainText(page), /## Given back[^#]*“\/dev\/a”, “\/b”, “\/c” and 2 more/);
    assert.match(page, /## What an image has no place for\n\n- mounts/);
    assert.doesNotMatch(page, /\[x\]\(command:y\)/);
  });

  it('name what a Pod mounts of its node', () => {
    const pod: ExportReport = { ...plain, format: 'pod', hostPaths: ['/srv/*a*\n# evil'] };
    const page = exportPage('/w/box', pod, t);
    assert.match(page, /## Folders of the node[^\n]*\n\n- [^\n]*$/m);
    assert.doesNotMatch(page, /\*a\*|^# evil/m);
    assert.doesNotMatch(page, /\| Files/);
  });
});
