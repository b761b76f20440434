/** The manifest of a Pod: what Kubernetes makes of it, and what a stranger's config.json cannot make of it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pod } from 'kubernetes-models/v1';
import { parse } from 'yaml';
import { OciConfig } from '../../../../src/core/config/schema';
import { startingPoints } from '../../../../src/core/config/templates';
import { manifestText } from '../../../../src/core/kubernetes/manifestText';
import { podOf } from '../../../../src/core/kubernetes/podManifest';
import { hostPathsOf } from '../../../../src/core/kubernetes/podVolumes';
import { seeded } from '../../../seed';
import { plannedBundles } from '../sequence/plannedBundles';

const options = { name: 'box', folder: '/srv/box', image: 'registry.example/box:1' };
const safe = startingPoints.find((point) => point.id === 'safe')!.config('box');

function made(config: OciConfig, more: Partial<typeof options> = {}) {
  const { manifest, unsaid } = podOf(config, { ...options, ...more });
  const text = manifestText(manifest, ['Head'], unsaid);
  const keys = unsaid.map(([key]) => key);
  const { spec } = manifest;
  return { manifest, unsaid, text, keys, spec: spec!, container: spec!.containers[0]! };
}
const changed = (process: Partial<OciConfig['process']>, linux: Partial<OciConfig['linux']> = {}) =>
  made({
    ...{ ...safe, process: { ...safe.process, ...process } },
    linux: { ...safe.linux, ...linux },
  });
/** As readers of both versions take it, and Kubernetes' own schema. */
function requireGood({ manifest, text }: ReturnType<typeof made>): void {
  const plain: unknown = JSON.parse(JSON.stringify(manifest));
  for (const version of ['1.1', '1.2'] as const) assert.deepEqual(parse(text, { version }), plain);
  new Pod(plain as ConstructorParameters<typeof Pod>[0]).validate();
  // eslint-disable-next-line no-control-regex -- it looks for them
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/);
}

describe('the manifest of a Pod', () => {
  for (const { name, config } of plannedBundles)
    it(`of the bundle “${name}” is one to Kubernetes' schema`, () => {
      requireGood(made(OciConfig.parse({ ociVersion: '1.0.2', ...config })));
    });

  it('is refused by that schema where it is wrong', () => {
    const { manifest } = made(safe);
    const [container] = manifest.spec!.containers;
    for (const wrong of [
      { ...container, command: '/bin/sh' },
      { ...container, resources: { limits: { memory: '1 GiB' } } },
      { ...container, name: undefined },
    ]) {
      const spec = { ...manifest.spec, containers: [wrong] };
      const pod = new Pod({ ...manifest, spec } as ConstructorParameters<typeof Pod>[0]);
      assert.throws(() => pod.validate());
    }
  });

  it('has command, variables, user, limits, capabilities, root and volumes of config.json', () => {
    const { container, spec, text } = made({
      ...safe,
      process: { ...safe.process, user: { uid: 5, gid: 6, additionalGids: [7] }, cwd: '/var' },
      root: { path: 'rootfs', readonly: true },
      mounts: [
        ...safe.mounts,
        { destination: '/data', type: 'bind', source: 'data', options: ['rbind', 'ro', 'rslave'] },
        { destination: '/tmp', type: 'tmpfs', options: ['size=10m', 'mode=1777'] },
      ],
      linux: {
        ...safe.linux,
        resources: { memory: { limit: 10_000_000 }, cpu: { quota: 150_000, period: 100_000 } },
        sysctl: { 'net.ipv4.ip_forward': '1' },
      },
    });
    assert.deepEqual([container.command, container.workingDir], [['/bin/sh'], '/var']);
    assert.deepEqual(container.env?.at(-1), { name: 'TERM', value: 'xterm-256color' });
    assert.deepEqual(container.resources, { limits: { memory: '10000000', cpu: '1500m' } });
    const context = container.securityContext!;
    assert.deepEqual([context.runAsUser, context.runAsGroup], [5, 6]);
    assert.deepEqual(
      [context.readOnlyRootFilesystem, context.allowPrivilegeEscalation],
      [true, false],
    );
    assert.deepEqual(context.capabilities?.drop, ['ALL']);
    assert.ok(context.capabilities?.add?.includes('SYS_CHROOT'));
    assert.equal(spec.hostUsers, false);
    assert.deepEqual(spec.securityContext?.supplementalGroups, [7]);
    assert.deepEqual(spec.securityContext?.sysctls, [{ name: 'net.ipv4.ip_forward', value: '1' }]);
    assert.deepEqual(container.volumeMounts, [
      { name: 'volume-1', mountPath: '/data', readOnly: true, mountPropagation: 'HostToContainer' },
      { name: 'volume-2', mountPath: '/tmp', readOnly: undefined, mountPropagation: undefined },
    ]);
    assert.deepEqual(hostPathsOf(spec.volumes), ['/srv/box/data']);
    assert.match(text, /sizeLimit: "10485760"/);
  });

  it('says what a Pod cannot say', () => {
    const { keys, text } = changed(
      { rlimits: [{ type: 'RLIMIT_NOFILE', soft: 5, hard: 6 }], oomScoreAdj: 5 },
      { resources: { pids: { limit: 20 } }, devices: [{ type: 'c', path: '/dev/x' }] },
    );
    for (const key of ['process.rlimits', 'process.oomScoreAdj', 'linux.resources.pids'])
      assert.ok(keys.includes(key), key);
    for (const key of ['linux.devices', 'linux.seccomp', 'linux.maskedPaths'])
      assert.match(text, new RegExp(`^#   ${key}: `, 'm'));
    assert.match(text, /RLIMIT_NOFILE 5\/6/);
    assert.match(text, /not 20\./);
  });

  it('gives no Pod what is the node’s: its network, and all capabilities without a user namespace', () => {
    const notes = startingPoints.find((point) => point.id === 'notes')!.config('box');
    const { spec, keys, text } = made(notes);
    assert.equal(spec.hostNetwork, undefined);
    assert.equal(spec.containers[0]?.securityContext?.capabilities, undefined);
    assert.ok(keys.includes('process.capabilities'));
    assert.match(text, /hostNetwork: true would give it/);
    const { container } = changed({ capabilities: undefined });
    assert.deepEqual(container.securityContext?.capabilities, { add: ['ALL'] });
  });

  it('keeps dollar signs from Kubernetes, which expands $(NAME)', () => {
    const words = ['$(PATH)', '$$', 'a$', '$5', '$$(x)', '$$$(x)'] as const;
    const { container } = changed({ args: ['sh', ...words] });
    assert.deepEqual(container.command?.slice(1).map(expanded), words);
    fc.assert(
      fc.property(fc.stringMatching(/^[$(x)]{0,12}$/), (text) => {
        assert.equal(expanded(changed({ args: ['sh', text] }).container.command![1]!), text);
      }),
      seeded('dollar signs', 200),
    );
  });

  it('is not broken out of, whatever is in config.json', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        ...['a\nkind: Secret', '\r# x', '\u0085b: c', '\u2028- x', '"', "'", '---\n', '*a', '&a'],
        ...[
          '!!python/x',
          'yes',
          '1e3',
          '0x1',
          'null',
          '~',
          '<<',
          '@x',
          '\ud800',
          '\u0000',
          '{{x}}',
        ],
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const name = one.replaceAll(/[=\0]/g, '_') || 'x';
        const result = made(
          {
            ...safe,
            process: {
              ...safe.process,
              args: [one, other],
              env: [`${name}=${other}`, `A=${one}`],
              apparmorProfile: one,
              selinuxLabel: other,
            },
            mounts: [
              { destination: `/${one}`, type: 'bind', source: `/${other}`, options: [one] },
              { destination: `/${other}x`, type: 'overlay', options: [one] },
            ],
            linux: { ...safe.linux, sysctl: { [one]: other }, cgroupsPath: one },
          },
          { name: one },
        );
        const body = result.text.split('\n').filter((line) => !line.startsWith('#'));
        const alone = parse(body.join('\n')) as { kind: string };
        assert.equal(alone.kind, 'Pod', 'what stands in comments is no part of it');
        assert.deepEqual(parse(result.text), alone);
        const wellFormed = (text: string) => Buffer.from(text).toString();
        const pod = alone as unknown as typeof result.manifest;
        assert.deepEqual(
          pod.spec?.containers[0]?.command?.map(expanded),
          [one, other].map(wellFormed),
        );
        // eslint-disable-next-line no-control-regex -- it looks for them
        assert.doesNotMatch(result.text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/);
      }),
      seeded('hostile configurations', 300),
    );
  });
});

/** As k8s.io/kubernetes/third_party/forked/golang/expansion does it, with no variable defined. */
function expanded(text: string): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] !== '$' || next === undefined) result += text[at];
    else if (next === '$') {
      result += '$';
      at++;
    } else if (next === '(' && text.includes(')', at)) {
      result += `<${text.slice(at + 2, text.indexOf(')', at))}>`;
      at = text.indexOf(')', at);
    } else result += '$';
  }
  return result;
}
