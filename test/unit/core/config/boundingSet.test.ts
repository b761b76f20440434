/** What root of a container may have, where config.json says it and where it does not. */
import assert from 'node:assert/strict';
import { boundingSet, mayMount } from '../../../../src/core/config/boundingSet';
import { defaultConfigFor } from '../../../../src/core/bundle/loadBundleOrFolder';
import type { OciConfig } from '../../../../src/core/config/schema';
import { mayLeaveRoots } from '../../../../src/helper/engine/shared/rootfsWarnings';

type Capabilities = NonNullable<OciConfig['process']['capabilities']>;

function config(capabilities?: Capabilities, engine?: 'runc' | 'crun'): OciConfig {
  const { process, ...rest } = defaultConfigFor('box');
  const made: OciConfig = {
    ...rest,
    process: { ...process },
    annotations: engine ? { 'dev.terrarium.engine': engine } : {},
  };
  delete made.process.capabilities;
  if (capabilities) made.process.capabilities = capabilities;
  return made;
}

const admin = ['CAP_SYS_ADMIN' as const];

// Each row as /proc/self/status shows it inside: test/system/engineSupport.test.ts.
for (const [title, given, engine, expected] of [
  ['all, where nothing is said', undefined, undefined, undefined],
  ['nothing under runc, where nothing is said', undefined, 'runc', []],
  ['nothing under crun, where nothing is said', undefined, 'crun', []],
  ['nothing, where the set is not named', {}, undefined, []],
  ['nothing, where other sets are named', { permitted: admin, effective: admin }, undefined, []],
  ['nothing under runc, where other sets are named', { permitted: admin }, 'runc', []],
  ['what it names', { bounding: admin }, undefined, admin],
  ['what it names, under crun too', { bounding: admin }, 'crun', admin],
] as const)
  describe('the bounding set', () => {
    it(`is ${title}`, () => {
      const box = config(given, engine);
      assert.deepEqual(boundingSet(box), expected);
      const mounts = expected?.some((one) => one === 'CAP_SYS_ADMIN') ?? true;
      assert.equal(mayMount(box), mounts);
      // A root that may mount makes a read-only rootfs writable.
      const readonly = { ...box, root: { ...box.root, readonly: true } };
      assert.equal(mayLeaveRoots(readonly), mounts);
      assert.equal(mayLeaveRoots({ ...box, root: { path: 'rootfs' } }), true);
    });
  });
