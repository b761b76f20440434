/** What an exported script has of the fixed scripts. */
import assert from 'node:assert/strict';
import { partOf } from '../../../../src/core/sequence/partOf';
import initScript from '../../../../src/core/sequence/init.sh';
import stepsScript from '../../../../src/core/sequence/steps.sh';

const script = `first
#begin one
only one
  #begin two
  one and two
  #end two
#end one

# What helps.
# In two lines.
help() {
  deeper
}

deeper() { # called by help
  : "}"
}

unused() {
  :
}

last
`;

describe('a part of a fixed script', () => {
  it('has the parts that are asked for, without their marks', () => {
    const none = partOf(script, new Set());
    assert.equal(none, 'first\n\nlast\n');
    assert.match(partOf(script, new Set(['one'])), /^first\nonly one\n\nlast\n$/);
    assert.match(partOf(script, new Set(['one', 'two'])), /only one\n {2}one and two\n/);
    assert.equal(partOf(script, new Set(['two'])), none, 'what lies in another goes with it');
  });

  it('has the functions that are called, and those that these call, with their comments', () => {
    const helped = partOf(script, new Set(), new Set(['help', 'mount']));
    assert.match(helped, /\n# What helps\.\n# In two lines\.\nhelp\(\) \{\n {2}deeper\n\}\n/);
    assert.match(helped, /\ndeeper\(\) \{/);
    assert.doesNotMatch(helped, /unused/);
    assert.doesNotMatch(partOf(script, new Set(), new Set(['deeper'])), /helps/);
  });

  for (const [name, text] of [
    ['steps.sh', stepsScript],
    ['init.sh', initScript],
  ] as const)
    it(`begins and ends each part of ${name}`, () => {
      const open: string[] = [];
      for (const [, edge, part] of text.matchAll(/^\s*#(begin|end) (\w+)$/gm))
        if (edge === 'begin') open.push(part!);
        else assert.equal(open.pop(), part);
      assert.deepEqual(open, []);
    });
});
