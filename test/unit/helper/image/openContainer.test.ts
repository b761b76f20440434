// What becomes of the configuration of a container that is imported.
import assert from 'node:assert/strict';
import { startingPoints } from '../../../../src/core/config/templates';
import { openContainer } from '../../../../src/helper/image/openContainer';
import { plant, temporaryFolder } from '../../core/bundle/temporaryFolder';

describe('openContainer', () => {
  const folder = temporaryFolder();
  const base = startingPoints.find(({ id }) => id === 'safe')!.config('box');

  async function configOf(changes: object) {
    plant(folder(), { rootfs: null, 'config.json': JSON.stringify({ ...base, ...changes }) });
    const opened = await openContainer(folder(), false);
    await opened.folder.close();
    assert.equal(opened.upper, undefined);
    return opened.config;
  }

  it('has the sources of all binds from where they were', async () => {
    const mount = { destination: '/mnt', source: 'beside' };
    const binds = [
      { ...mount, type: 'none', options: ['ro', 'bind'] },
      { ...mount, options: ['rbind'] },
      { ...mount, type: 'bind' },
    ];
    const other = { ...mount, type: 'tmpfs' };
    const { mounts } = await configOf({ mounts: [...binds, other] });
    assert.deepEqual(
      mounts.map(({ source }) => source),
      [...binds.map(() => `${folder()}/beside`), 'beside'],
    );
  });

  it('is on no scratch layer any more', async () => {
    const annotations = { 'dev.terrarium.overlay': 'true', kept: 'yes' };
    assert.deepEqual((await configOf({ annotations })).annotations, { kept: 'yes' });
    assert.deepEqual((await configOf({})).annotations, {});
  });
});
