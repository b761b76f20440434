/** As getcap(8) prints them; the values are those that setcap(8) has written. */
import assert from 'node:assert/strict';
import { capabilityText } from '../../../../src/core/rootfs/fileCapabilities';

describe('capabilityText', () => {
  const text = (digits: string) => capabilityText(Buffer.from(digits, 'hex'));

  it('names what a program gets', () => {
    assert.equal(text('0100000200200000000000000000000000000000'), 'cap_net_raw=ep');
    assert.equal(text('0000000200300000000000000000000000000000'), 'cap_net_admin,cap_net_raw=p');
    assert.equal(text('0100000200000000000000008000000000000000'), 'cap_bpf=ep');
    assert.equal(text('0100000221000000200000000000000000000000'), 'cap_chown=ep cap_kill=eip');
    assert.equal(text('0000000100200000ffffff00')?.slice(0, 3), 'cap');
  });

  it('says whose root it holds for', () => {
    assert.equal(
      text('0100000300200000000000000000000000000000e8030000'),
      'cap_net_raw=ep [rootid=1000]',
    );
  });

  it('takes nothing else', () => {
    for (const other of ['', '01', '01000002', '0100000900200000', `0100000200${'00'.repeat(40)}`])
      assert.equal(text(other), undefined, other);
    assert.equal(text('0100000200000000000000000000000000000000'), '=');
  });
});
