import assert from 'node:assert/strict';
import { loopbackCommand } from '../../../../src/core/sequence/loopback';

describe('loopbackCommand', () => {
  const onlyHas = (program: string) => (name: string) =>
    name === program ? `/bin/${name}` : undefined;

  for (const command of ['ip link set lo up', 'ifconfig lo up', 'busybox ifconfig lo up'])
    it(`takes “${command}” where the machine has nothing else`, () => {
      const [program = ''] = command.split(' ');
      assert.equal(loopbackCommand(onlyHas(program))?.join(' '), command);
    });

  it('prefers ip(8), and has nothing where there is none of them', () => {
    assert.equal(loopbackCommand((name) => `/sbin/${name}`)?.[0], 'ip');
    assert.equal(loopbackCommand(onlyHas('true')), undefined);
  });
});
