/** Whether a kernel starts is tried before anything is waited for; QEMU is a shell script here. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Accelerator, workingAccelerator } from '../../host/vmMachine.mjs';

describe('the virtual machine', () => {
  const { PATH } = process.env;
  const boot = { image: '/boot/vmlinuz', initramfs: '/initramfs.cpio' };
  const limits = { kvm: { kernel: 0.5 }, tcg: { kernel: 20 } };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-'));
    process.env.PATH = `${folder}${path.delimiter}${PATH}`;
  });
  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true });
  });

  /** What QEMU does with each accelerator, which is the word after -accel. */
  const qemu = (kvm: string, tcg: string) =>
    writeFileSync(
      path.join(folder, 'qemu-system-x86_64'),
      `#!/bin/sh\ncase $2 in kvm) ${kvm} ;; tcg) ${tcg} ;; esac\n`,
      { mode: 0o755 },
    );
  const found = (among: Accelerator[] = ['kvm', 'tcg']) => workingAccelerator(boot, among, limits);
  const comes = "echo 'terrarium: the kernel is up'; exec sleep 100";
  const hangs = 'exec sleep 100';

  it('takes KVM where a kernel starts with it', async () => {
    qemu(comes, 'exit 1');
    assert.equal(await found(), 'kvm');
  });

  it('goes on without KVM where no kernel comes with it, or QEMU refuses it', async () => {
    for (const kvm of [hangs, 'echo "failed to initialize kvm" >&2; exit 1']) {
      qemu(kvm, comes);
      assert.equal(await found(), 'tcg');
    }
  });

  it('says why where no kernel comes at all', async () => {
    qemu(hangs, 'echo "invalid accelerator tcg" >&2; exit 1');
    await assert.rejects(found(), (error: Error) => {
      assert.match(error.message, /kvm: none within 0\.5 s/);
      assert.match(error.message, /tcg: QEMU ended with 1: invalid accelerator tcg/);
      return true;
    });
    rmSync(path.join(folder, 'qemu-system-x86_64'));
    process.env.PATH = folder;
    await assert.rejects(found(['tcg']), /tcg: spawn qemu-system-x86_64 ENOENT/);
  });
});
