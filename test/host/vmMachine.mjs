// The virtual machine of test/host/vm.mjs: with which accelerator a kernel starts here, and how QEMU is called.

import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { endGroup } from './processes.mjs';
import { SetupError } from './project.mjs';

/**
 * How long one may take, in seconds: to start a kernel, and for all tests. Without KVM everything takes
 * some 20 times as long. On a machine that is virtual itself KVM may be there and start no kernel.
 */
export const accelerators = {
  kvm: { kernel: 15, tests: 30 * 60 },
  tcg: { kernel: 180, tests: 4 * 3600 },
};
/** @typedef {'kvm' | 'tcg'} Accelerator */

/** What vm-init.sh says where it is only asked whether a kernel starts. */
const kernelIsUp = 'terrarium: the kernel is up';

/** @typedef {{ image: string, initramfs: string }} Boot */

/** @returns {Accelerator[]} in the order in which they are tried */
function candidates() {
  const chosen = process.env.TERRARIUM_VM_ACCEL;
  if (chosen) {
    if (chosen in accelerators) return [/** @type {Accelerator} */ (chosen)];
    throw new SetupError(`TERRARIUM_VM_ACCEL is ${chosen}.`, 'It can be kvm or tcg.');
  }
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return ['kvm', 'tcg'];
  } catch {
    return ['tcg']; // it is not there, or not for this user
  }
}

/**
 * The first one with which a kernel starts. It is tried: a kernel that never comes says nothing.
 * @param {Boot} boot
 * @param {Accelerator[]} [among] in the order in which they are tried
 * @param {Record<Accelerator, { kernel: number }>} [limits]
 * @returns {Promise<Accelerator>}
 */
export async function workingAccelerator(boot, among = candidates(), limits = accelerators) {
  const reasons = [];
  for (const accelerator of among) {
    const reason = await whyNoKernel(accelerator, boot, limits[accelerator].kernel);
    if (reason === undefined) return accelerator;
    console.log(`With ${accelerator} no kernel starts here: ${reason}`);
    reasons.push(`${accelerator}: ${reason}`);
  }
  throw new SetupError(
    `No kernel starts in a virtual machine here (${reasons.join('; ')}).`,
    'Run the tests on a machine with KVM, or on one that has cgroup version 2 itself.',
  );
}

/** @param {Accelerator} accelerator @param {Boot} boot @param {number} seconds @returns {Promise<string | undefined>} */
async function whyNoKernel(accelerator, boot, seconds) {
  const child = startMachine(accelerator, boot, 'probe', ['-m', '256'], 'pipe');
  let [said, errors] = ['', ''];
  child.stderr?.setEncoding('utf8').on('data', (text) => (errors += text));
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    return await new Promise((resolve) => {
      timer = setTimeout(() => resolve(`none within ${seconds} s`), seconds * 1000);
      child.stdout?.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (said.includes(kernelIsUp)) resolve(undefined);
      });
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code) => {
        if (said.includes(kernelIsUp)) resolve(undefined);
        else resolve(`QEMU ended with ${code}: ${errors.trim().split('\n').at(-1)}`);
      });
    });
  } finally {
    clearTimeout(timer);
    await endGroup(child);
  }
}

/**
 * @param {Accelerator} accelerator
 * @param {Boot} boot
 * @param {string} task for vm-init.sh
 * @param {string[]} options
 * @param {'inherit' | 'pipe'} stdio of its first serial line, and of its own errors
 * @param {'x64' | 'arm64'} [architecture]
 */
export function startMachine(
  accelerator,
  { image, initramfs },
  task,
  options,
  stdio,
  architecture = 'x64',
) {
  const { program, console, machine } = architectures[architecture];
  running = spawn(
    program,
    [
      ...['-accel', accelerator, '-no-reboot', ...machine],
      ...['-display', 'none', '-monitor', 'none', '-nic', 'none', '-serial', 'stdio'],
      ...['-kernel', image, '-initrd', initramfs],
      ...['-append', `console=${console} loglevel=0 panic=-1 ${task}`],
      ...options,
    ],
    { stdio: ['ignore', stdio, stdio], detached: true },
  );
  return running;
}

const architectures = {
  x64: { program: 'qemu-system-x86_64', console: 'ttyS0', machine: [] },
  arm64: {
    ...{ program: 'qemu-system-aarch64', console: 'ttyAMA0' },
    machine: ['-M', 'virt', '-cpu', 'max'],
  },
};

/** @type {import('node:child_process').ChildProcess | undefined} */
let running;

/** The machine that runs, if one does. */
export async function endMachine() {
  if (running) await endGroup(running);
}
