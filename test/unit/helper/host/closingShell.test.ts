// Which shell closes what a child must not inherit.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closingShell, preferBusybox } from '../../../../src/helper/host/closingShell';
import { findTool } from '../../../../src/helper/host/hostTools';
import { skipBecause } from '../../../skip';

describe('closingShell', () => {
  const usual = [findTool('bash') ?? '/bin/sh'];
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'terrarium-shell-'))));
  after(async () => {
    rmSync(folder, { recursive: true });
    await preferBusybox(path.join(folder, 'none'));
  });

  function program(text: string): string {
    const file = path.join(folder, 'busybox');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  it('is BusyBox where that closes descriptors above 9', async function () {
    const busybox = findTool('busybox');
    if (!busybox) skipBecause(this, 'no busybox on this machine');
    await preferBusybox(busybox);
    assert.deepEqual(closingShell(), [busybox, 'sh']);
  });

  for (const [what, text] of [
    ['has no shell', 'echo "$1: applet not found" >&2; exit 127'],
    ['has one that takes the number for a program', 'shift; exec dash "$@"'],
  ] as const)
    it(`is not a BusyBox that ${what}`, async () => {
      await preferBusybox(program(text));
      assert.deepEqual(closingShell(), usual);
    });

  it('is not a BusyBox that is gone', async () => {
    await preferBusybox(path.join(folder, 'none'));
    assert.deepEqual(closingShell(), usual);
  });
});
