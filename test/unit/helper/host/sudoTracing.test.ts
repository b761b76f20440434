/** The marks of a sudo that follows every command (tried with sudo 1.9.13: "trace" and "dso"). */
import assert from 'node:assert/strict';
import { isTracedBySudo } from '../../../../src/helper/host/sudoTracing';

describe('sudo that follows every command', () => {
  const status = (tracer: number, seccomp: number) =>
    `Name:\tnode\nTracerPid:\t${tracer}\nSeccomp:\t${seccomp}\n`;
  const sudo = { SUDO_UID: '1000' };

  it('is known by its tracer with a filter, or by what it preloads', () => {
    assert.ok(isTracedBySudo(sudo, status(5934, 2)));
    assert.ok(isTracedBySudo({ ...sudo, SUDO_INTERCEPT_FD: '11' }, status(0, 0)));
    const library = '/usr/libexec/sudo/sudo_intercept.so';
    assert.ok(isTracedBySudo({ ...sudo, LD_PRELOAD: library }, status(0, 0)));
  });

  it('is no ordinary sudo, no debugger, and no container with a filter', () => {
    assert.ok(!isTracedBySudo(sudo, status(0, 0)));
    assert.ok(!isTracedBySudo(sudo, status(5934, 0)));
    assert.ok(!isTracedBySudo(sudo, status(0, 2)));
    assert.ok(!isTracedBySudo({}, status(5934, 2)));
  });
});
