import assert from 'node:assert/strict';
import { FocusedRow } from '../../../../src/ui/views/FocusedRow';

describe('FocusedRow', () => {
  let time: number;
  let pressed: FocusedRow<string>;
  beforeEach(() => {
    time = 1000;
    pressed = new FocusedRow(() => time);
  });
  /** What VS Code tells when a key is pressed on a row while these are selected. */
  const press = (focus: string, selection: string[]) => {
    const others = selection.filter((row) => row !== focus);
    const isSelected = others.length < selection.length;
    pressed.selected(isSelected ? others : [...others, focus]);
    pressed.selected(isSelected ? [...others, focus] : others);
  };
  const select = (...rows: string[]) => {
    pressed.selected(rows);
    time += 500;
  };

  it('is the one with the focus, selected or not, alone or among several', () => {
    for (const selection of [[], ['a'], ['b'], ['a', 'b'], ['a', 'c']]) {
      select(...selection);
      press('b', selection);
      assert.equal(pressed.take(), 'b', selection.join());
    }
  });

  it('is told once', () => {
    press('b', ['a']);
    assert.equal(pressed.take(), 'b');
    assert.equal(pressed.take(), undefined);
  });

  it('is none where the key changed nothing, whatever was clicked before', () => {
    select('a');
    select('a', 'b');
    assert.equal(pressed.take(), undefined);
    select();
    assert.equal(pressed.take(), undefined);
  });

  it('is none where VS Code did not know the row at that moment', () => {
    select('a');
    pressed.selected(['a']); // with a row that it has forgotten
    pressed.selected(['a']);
    assert.equal(pressed.take(), undefined);
    select('a', 'c');
    pressed.selected([]); // and where it forgot several
    pressed.selected(['a', 'c']);
    assert.equal(pressed.take(), undefined);
  });
});
