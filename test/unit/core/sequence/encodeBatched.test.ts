/** encodeSteps: which mounts are made together, and what they wait for. */
import assert from 'node:assert/strict';
import { encodeBatched } from '../../../../src/core/sequence/encodeSteps';
import type { Operation } from '../../../../src/core/sequence/operation';
import { type Step, readonlyShell } from '../../../../src/core/sequence/step';

const step = (cwd: string, operation: Operation): Step => ({
  ...{ id: cwd, where: 'namespaces', cwd, why: '' },
  ...operation,
});
const mount = (cwd: string, type: string, source: string, options: string[] = []) =>
  step(cwd, { kind: 'mount', type, source, name: '.', options });
const bind = (cwd: string, source: string, name: string, ...options: string[]) =>
  step(cwd, { kind: 'bind', source, name, options });
const proc = mount('/proc', 'proc', 'proc', ['nosuid', 'nodev']);
const dev = mount('/dev', 'tmpfs', 'tmpfs');
const pts = mount('/dev/pts', 'devpts', 'devpts');

describe('encodeBatched', () => {
  it('writes down mounts that do not depend on one another, and makes them in one go', () => {
    assert.deepEqual(encodeBatched([proc, dev], 3), [
      ...['3', '', '/proc', 'fstab', '5', 'proc', '', '', 'proc nosuid,nodev'],
      ...['4', '', '/dev', 'fstab', '8', 'tmpfs', '', '', 'tmpfs defaults'],
      ...['flush', 'end'],
    ]);
  });

  it('makes what is written down before it goes below one of them', () => {
    const words = encodeBatched([proc, dev, pts], 0);
    assert.deepEqual(words.slice(words.indexOf('flush')), [
      ...['flush', '2', '', '/dev/pts', '6'],
      ...['mount', '-icn', '-t', 'devpts', 'devpts', '.', 'end'],
    ]);
  });

  it('makes what is right below a filesystem of its own through the one above, in one go', () => {
    const shm = mount('/dev/shm', 'tmpfs', 'shm');
    const lent = 'none bind,ro,nosuid,noexec';
    const devices = step('/dev', { kind: 'bindEach', folder: '/dev', names: ['null', 'zero'] });
    const words = encodeBatched([proc, dev, pts, shm, devices], 0);
    assert.deepEqual(words.slice(words.indexOf('flush')), [
      'flush',
      ...['2', '', '/dev', 'fstab', '5', 'devpts', '', '/pts', 'devpts X-mount.mkdir=0755'],
      ...['3', '', '/dev', 'fstab', '5', 'shm', '', '/shm', 'tmpfs X-mount.mkdir=0755'],
      ...['4', '', '/dev', 'fstab', '5', '/dev/null', '', '/null', lent],
      ...['+4', '', '/dev', 'fstab', '5', '/dev/zero', '', '/zero', lent],
      ...['flush', 'end'],
    ]);
  });

  it('trusts no name below a folder of the host', () => {
    const lent: Step = { ...bind('/dev', '/dev', '.'), recursive: true } as Step;
    assert.ok(!encodeBatched([proc, lent, pts, proc], 0).join(' ').includes('X-mount.mkdir'));
  });

  it('leaves a mount alone whose options mount --all treats in a way of its own', () => {
    const remount = step('/', { kind: 'remount', name: '.', options: ['ro'] });
    assert.deepEqual(encodeBatched([remount], 0), [
      ...['0', '', '/', '5', 'mount', '-icn', '-o', 'remount,bind,ro', '.'],
      'end',
    ]);
  });

  it('makes in one go what lies on one another, and before a command that is for one of them', () => {
    const hide = bind('/proc', '/dev/null', './keys', 'ro');
    const fix = bind('/proc', './keys', './keys', 'ro');
    const pass = step('/proc', { kind: 'propagation', name: './keys', changes: ['rslave'] });
    const words = encodeBatched([hide, fix, pass], 0);
    assert.deepEqual(
      words.filter((word) => word === 'fstab' || word === 'flush' || word === '--make-rslave'),
      ['fstab', 'fstab', 'flush', '--make-rslave'],
    );
  });

  it('escapes what would end a field of fstab(5)', () => {
    const odd = bind('/a', '/x y\t#\\', '.');
    const words = encodeBatched([odd, proc], 0);
    assert.equal(words[5], '/x\\040y\\011\\043\\134');
    assert.equal(words[8], 'none bind');
  });

  it('names the open folder as the source of a mount onto itself', () => {
    const readonly = bind('/proc', './sys', './sys', 'ro');
    assert.deepEqual(encodeBatched([readonly, dev], 0).slice(5, 9), [
      '',
      '/sys',
      '/sys',
      'none bind,ro',
    ]);
  });

  it('runs beside the rest what nothing waits for', () => {
    const hostname: Step = {
      id: 'hostname',
      where: 'namespaces',
      ...{ kind: 'setName', program: 'hostname', value: 'box' },
      why: '',
    };
    assert.deepEqual(encodeBatched([hostname], 0), ['0', '', '', '&2', 'hostname', 'box', 'end']);
  });

  it('binds the shell of PID 1 beside the rest, unless a mount may bind that shell too', () => {
    const shell: Step = {
      id: readonlyShell,
      where: 'namespaces',
      ...{ kind: 'bind', source: '/bin/sh', name: '/bin/sh', options: ['ro'] },
      why: '',
    };
    const usr = bind('/mnt', '/usr', '.');
    const device = bind('/dev', '/dev/null', './null', 'ro');
    assert.equal(encodeBatched([shell, proc, dev, device], 0)[3], '&6');
    assert.equal(encodeBatched([shell, proc, usr], 0)[3], '6');
  });
});
