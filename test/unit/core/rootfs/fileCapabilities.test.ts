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
    // The first 24 are inheritable, and one of them is permitted.
    const inheritable = [
      ...['cap_chown', 'cap_dac_override', 'cap_dac_read_search', 'cap_fowner', 'cap_fsetid'],
      ...[
        'cap_kill',
        'cap_setgid',
        'cap_setuid',
        'cap_setpcap',
        'cap_linux_immutable',
        'cap_net_bind_service',
      ],
      ...[
        'cap_net_broadcast',
        'cap_net_admin',
        'cap_ipc_lock',
        'cap_ipc_owner',
        'cap_sys_module',
        'cap_sys_rawio',
      ],
      ...[
        'cap_sys_chroot',
        'cap_sys_ptrace',
        'cap_sys_pacct',
        'cap_sys_admin',
        'cap_sys_boot',
        'cap_sys_nice',
      ],
    ];
    assert.equal(text('0000000100200000ffffff00'), `cap_net_raw=ip ${inheritable.join(',')}=i`);
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
