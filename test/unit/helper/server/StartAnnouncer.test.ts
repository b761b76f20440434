/** What the console shows of the steps of a start, with their system calls and without. */
import assert from 'node:assert/strict';
import type { Console } from '../../../../src/helper/console/Console';
import type { Journal } from '../../../../src/helper/server/Journal';
import { StartAnnouncer } from '../../../../src/helper/server/StartAnnouncer';

const step = (id: string) => ({
  id,
  where: 'host' as const,
  command: `${id} it`,
  why: `For ${id}`,
});
const call = (name: string, answer = '0') => ({ call: `${name}(2)`, answer });

function announced(showsCalls: boolean): string[] {
  const written: string[] = [];
  const console = { write: (text: string) => written.push(text) } as unknown as Console;
  const journal = { command: () => () => undefined, note: () => undefined } as unknown as Journal;
  const announcer = new StartAnnouncer('box', console, journal, showsCalls);
  announcer.step(step('one'), 'start');
  announcer.step(step('two'), 'start');
  announcer.step(step('one'), 'done', [call('fsopen', '3'), call('mount')]);
  announcer.step(step('two'), 'failed', [call('mkdir', '-1 EEXIST (File exists)')]);
  announcer.step(step('payload'), 'start', [call('execve', '?')]);
  // eslint-disable-next-line no-control-regex -- colours
  const plain = written.join('').replaceAll(/\x1b\[\d+m/g, '');
  return plain.split('\r\n').filter((line) => /^(\$| {4}\w)/.test(line));
}

describe('StartAnnouncer', () => {
  it('shows each command as it begins', () => {
    assert.deepEqual(announced(false), ['$ one it', '$ two it', '$ payload it']);
  });

  it('shows system calls below their command, though two steps are under way at once', () => {
    assert.deepEqual(announced(true), [
      ...['$ one it', '    fsopen(2) = 3', '    mount(2) = 0'],
      ...['$ two it', '    mkdir(2) = -1 EEXIST (File exists)'],
      ...['$ payload it', '    execve(2) = ?'],
    ]);
  });
});
