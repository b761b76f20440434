import assert from 'node:assert/strict';
import type { Picture } from '../../../../src/core/picture/Picture';
import { tableRows } from '../../../../src/core/picture/tableRows';
import { texts } from './pictures';

describe('the table of the picture', () => {
  it('says in words what the picture shows', () => {
    const picture: Picture = {
      hostname: 'dev',
      helpers: [{ pid: 77, privilege: 'rootless' }],
      containers: [
        {
          ...{
            id: 'a',
            name: 'web\n',
            isPaused: true,
            processes: 41,
            own: ['pid', 'mnt'],
            machine: ['user'],
          },
          items: [
            {
              ...{
                kind: 'box',
                key: 'b',
                place: { own: [], machine: [], root: { kind: 'own', path: 'web/rootfs' } },
              },
              items: [
                {
                  kind: 'process',
                  key: 'k',
                  name: 'sh',
                  pid: 1,
                  hostPid: 500,
                  mark: 'session',
                  items: [
                    {
                      kind: 'group',
                      key: 'g',
                      count: 39,
                      isAlike: true,
                      hasMore: true,
                      first: 'f',
                    },
                  ],
                },
              ],
            },
          ],
        },
        { id: 'b', name: 'db', isPaused: false, processes: 1, own: [], machine: [], items: [] },
      ],
      shared: [{ type: 'net', containers: ['a', 'b'] }],
      left: 2,
    };
    const rows = tableRows(picture, texts);
    assert.deepEqual(
      rows.map(({ cells }) => cells.join(' | ')),
      [
        'helper | this machine |  | 77 | you',
        'web\\n | this machine |  |  | 41 processes; paused; own: PID, mount; this machine’s: user; network: shared by web\\n and db',
        'sh | web\\n › root: web/rootfs; no way back | 1 | 500 | session',
        'and 39 more like it, with more | web\\n › root: web/rootfs; no way back |  |  | ',
        'db | this machine |  |  | 1 process; network: shared by web\\n and db',
        '2 more containers | this machine |  |  | ',
      ],
    );
    assert.deepEqual(rows[2]?.target, { containerId: 'a', key: 'k' });
    assert.deepEqual(rows[3]?.target, { containerId: 'a', key: 'f' });
  });
});
