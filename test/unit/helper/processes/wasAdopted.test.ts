// What a process inherits from the one that started it, against what its present parent has.
import assert from 'node:assert/strict';
import { type Descent, wasAdopted } from '../../../../src/helper/processes/wasAdopted';

/** SIGINT and SIGQUIT, as a shell without job control leaves what it starts by `&`. */
const background = 0b110n;

const process = (
  hostPid: number,
  session: number,
  processGroup: number,
  ignoredSignals = 0n,
): Descent => ({ hostPid, stat: { session, processGroup }, ignoredSignals });

describe('whether a process was adopted before anybody looked', () => {
  const shell = process(100, 100, 100);
  const others = new Set([100, 140]);
  const adopted = (child: Descent, parent = shell) =>
    wasAdopted(child, parent, (hostPid) => others.has(hostPid));

  for (const [what, child, expected] of [
    ['a child in the group of its parent', process(110, 100, 100), false],
    ['a child that a shell gave a group of its own', process(110, 100, 110), false],
    ['one that made a session of its own', process(110, 110, 110), false],
    ['a daemon: its session is that of one that has ended', process(111, 110, 110), true],
    ['one from the session of another shell', process(111, 50, 50), true],
    [
      '(sleep 900 &): the group of a subshell that has ended',
      process(111, 100, 110, background),
      true,
    ],
    ['the rest of a pipeline whose first program has ended', process(111, 100, 110), false],
    ['the rest of a pipeline whose first program runs', process(141, 100, 140, background), false],
    ['what a script starts by &', process(110, 100, 100, background), false],
    ['one that ignores the two by itself', process(110, 100, 110, background), false],
  ] as const)
    it(`is ${expected ? 'said' : 'not said'} of ${what}`, () => {
      assert.equal(adopted(child), expected);
    });
});
