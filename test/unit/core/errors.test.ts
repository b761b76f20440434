import assert from 'node:assert/strict';
import { CommandError } from '../../../src/core/bundle/checkCommand';
import { TerrariumError } from '../../../src/core/errors';

describe('TerrariumError', () => {
  it('knows one that another bundle’s class has made', () => {
    const other = Object.assign(new Error('x'), { [Symbol.for('terrarium.error')]: true });
    assert.ok(other instanceof TerrariumError);
    assert.ok(!(new Error('x') instanceof TerrariumError));
    assert.ok(!({ [Symbol.for('terrarium.error')]: true } instanceof TerrariumError));
  });

  it('is not mistaken for what is derived from it', () => {
    assert.ok(new CommandError('c', 'p', 'r') instanceof TerrariumError);
    assert.ok(new CommandError('c', 'p', 'r') instanceof CommandError);
    assert.ok(!(new TerrariumError('c', 'p', 'r') instanceof CommandError));
  });
});
