import assert from 'node:assert/strict';
import { processLabel } from '../../../../src/core/tree/processLabel';

describe('the label of a process', () => {
  for (const [name, commandLine, text, isWhole] of [
    ['sleep', 'sleep 300', 'sleep 300', true],
    ['sleep', '/usr/bin/sleep 300', 'sleep 300', true],
    ['sh', '-sh', 'sh', true],
    ['sleep', '', 'sleep', true],
    ['systemd-journal', '/lib/systemd/systemd-journald', 'systemd-journal', true],
    ['backup', '/usr/bin/python3 /opt/backup', 'backup /usr/bin/python3 /opt/b…', false],
    ['nginx', 'nginx: worker', 'nginx nginx: worker', true],
    ['sh', 'sh -c while :; do sleep 1; done', 'sh -c while :; do sleep 1;…', false],
    ['x\x1b[2J', 'x y', 'x\\x1b[2J x y', true],
    ['sh', 'sh \x1b]0;x\x07', 'sh \\x1b]0;x\\x07', true],
  ] as const)
    it(`of ${JSON.stringify(commandLine)} is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(processLabel({ name, commandLine }), { text, isWhole });
    });
});
