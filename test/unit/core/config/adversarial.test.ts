/**
 * What somebody writes to hold up whoever reads it: the helper at a start, which has other containers, and
 * the editor, in Restricted Mode too. Every document is taken at one size and at four times that size, and
 * may take four times as long, not sixteen.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { findingsOf } from '../../../../src/core/diagnostics/findings';
import { maxConfigBytes, maxConfigValues } from '../../../../src/core/config/jsonLimits';
import { maxDiagnostics, parseConfig } from '../../../../src/core/config/parseConfig';
import { planText } from '../../../../src/core/diagnostics/planText';
import { plant, temporaryFolder } from '../bundle/temporaryFolder';

const many = <T>(count: number, one: (index: number) => T) =>
  Array.from({ length: count }, (_, at) => one(at));
const keys = (count: number, value: unknown, prefix = 'k') =>
  Object.fromEntries(many(count, (at) => [`${prefix}${at}`, value]));
const base = {
  ociVersion: '1.0.2',
  process: { args: ['/bin/sh'], cwd: '/' },
  root: { path: 'rootfs' },
  linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }] },
};
const text = (change: object) => JSON.stringify({ ...base, ...change });
const ofProcess = (change: object) => text({ process: { ...base.process, ...change } });
const ofLinux = (change: object) => text({ linux: { ...base.linux, ...change } });
const ofMounts = (count: number, one: (index: number) => object) =>
  text({ mounts: many(count, one) });
const beginning = (part: string) => text({}).replace('{', `{${part}`);

/** A different spelling of a key for each number. */
function spelled(word: string, number: number): string {
  return [...word]
    .map((letter, at) => ((number >> at) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
}

/** By what they have many of; the number is about the size in units of ten bytes. */
const documents: Record<string, (count: number) => string> = {
  'unknown keys': (count) => text(keys(count, 0)),
  'unknown keys on lines of their own': (count) =>
    JSON.stringify({ ...base, ...keys(count, 0) }, null, 1),
  'unknown keys in linux': (count) => ofLinux(keys(count, 0)),
  'keys that differ by case': (count) =>
    ofLinux(Object.fromEntries(many(count / 2, (at) => [spelled('rootfspropagation', at), 0]))),
  'one key again and again': (count) => beginning('"a":0,'.repeat(count)),
  'keys that occur twice': (count) =>
    beginning(
      [...many(count / 2, (at) => `"a${at}":0,`), ...many(count / 2, (at) => `"a${at}":0,`)].join(
        '',
      ),
    ),
  __proto__: (count) => beginning('"__proto__":0,'.repeat(count)),
  annotations: (count) => text({ annotations: keys(count, '') }),
  'annotations of the wrong type': (count) => text({ annotations: keys(count, 0) }),
  'annotations like Terrarium’s': (count) =>
    text({ annotations: keys(count / 2, '', 'dev.terrarium.') }),
  'annotations for a runtime': (count) =>
    text({ annotations: { 'dev.terrarium.engine': 'crun', ...keys(count, '', 'run.oci.') } }),
  'keys of seccomp': (count) => ofLinux({ seccomp: keys(count, 0) }),
  'entries of seccomp': (count) =>
    ofLinux({
      seccomp: {
        defaultAction: 'SCMP_ACT_ALLOW',
        syscalls: many(Math.min(count / 5, 10_000), () => ({
          names: ['read'],
          action: 'SCMP_ACT_LOG',
        })),
      },
    }),
  'kernel parameters': (count) => ofLinux({ sysctl: keys(count, '1', 'net.') }),
  'kernel parameters of the wrong type': (count) => ofLinux({ sysctl: keys(count, 1, 'net.') }),
  'limits of cgroups': (count) => ofLinux({ resources: { unified: keys(count, '1', 'pids.') } }),
  'namespaces twice': (count) => ofLinux({ namespaces: many(count / 2, () => ({ type: 'pid' })) }),
  'namespaces that are none': (count) =>
    ofLinux({ namespaces: many(count / 2, () => ({ type: '' })) }),
  variables: (count) => ofProcess({ env: many(count, (at) => `V${at}=`) }),
  'variables that no shell exports': (count) => ofProcess({ env: many(count, (at) => `a.${at}=`) }),
  'variables that are none': (count) => ofProcess({ env: many(count, () => 0) }),
  'folders of PATH': (count) =>
    ofProcess({ args: ['x'], env: [`PATH=${many(count, (at) => `/${at}`).join(':')}`] }),
  words: (count) => ofProcess({ args: many(count, () => 'x') }),
  groups: (count) =>
    ofProcess({ user: { additionalGids: many(Math.min(count, 65536), (at) => at) } }),
  capabilities: (count) =>
    ofProcess({ capabilities: { bounding: many(count, (at) => `CAP_${at}`) } }),
  mounts: (count) =>
    ofMounts(Math.min(count / 5, 1000), (at) => ({ destination: `/${at}`, type: 'tmpfs' })),
  'mounts below each other': (count) => {
    const side = Math.ceil(Math.sqrt(count * 5)) / 2;
    return ofMounts(Math.min(side, 1000), (at) => ({
      destination: '/a'.repeat(at + 1),
      type: 'tmpfs',
    }));
  },
  'mounts that are none': (count) => ofMounts(count, () => ({})),
  'options of mounts': (count) =>
    ofMounts(Math.min(count / 250, 1000), (at) => ({
      ...{ destination: `/${at}`, source: '/tmp', type: 'bind' },
      options: many(200, () => 'rshared'),
    })),
  'values that are no objects': (count) => text({ x: many(count * 2, () => 0) }),
  nesting: (count) =>
    text({
      x: many(count / 12, () => JSON.parse('[{"a":'.repeat(20) + '0' + '}]'.repeat(20)) as object),
    }),
  'errors of syntax': (count) => '['.concat(',x'.repeat(count * 5)),
  comments: (count) => beginning('/**/\n'.repeat(count * 2)),
  lines: (count) => text({}) + '\n'.repeat(count * 10) + 'x',
  'letters of a host name': (count) => text({ hostname: 'a'.repeat(count * 10) }),
  'components of a program': (count) => ofProcess({ args: [`/${'bin/../'.repeat(count)}x`] }),
  'components of a working directory': (count) =>
    ofProcess({ cwd: `/${'a/'.repeat(2000)}`, x: 'a'.repeat(count) }),
  'letters of a key': (count) => text({ ['k'.repeat(count * 10)]: 0 }),
  'digits of a number': (count) =>
    ofProcess({ user: { uid: 0 } }).replace('"uid":0', `"uid":${'1'.repeat(count * 10)}`),
  quotes: (count) => '"'.repeat(count * 10),
};

const places = { host: '', outside: '', namespaces: '', container: '' };
const words = { broken: String, warningsHeading: '', runtime: String, places };

/** Below this nobody waits, and the machine’s own noise would be all that is measured; in ms. */
const notFelt = 100;

describe('a config.json that is made to take long', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  beforeEach(() =>
    plant(folder(), { 'config.json': '{}', 'rootfs/bin/sh': 'x', 'rootfs/etc/passwd': 'x' }),
  );

  /** Processor time in ms, which others on the machine do not add to. */
  async function costOf(source: string): Promise<number> {
    const before = process.cpuUsage();
    const file = path.join(folder(), 'config.json');
    const found = await findingsOf(source, file, 'root');
    await planText(source, file, 'root', words);
    const { user, system } = process.cpuUsage(before);
    assert.ok(found.length <= maxDiagnostics + 2, `${found.length} findings`);
    return (user + system) / 1000;
  }

  for (const [name, document] of Object.entries(documents))
    it(`costs in proportion to its size, with many ${name}`, async () => {
      const [small, large] = [document(5_000), document(20_000)];
      assert.ok(large.length <= maxConfigBytes, `${large.length} bytes`);
      let said = '';
      // What else this process had to do (a collection of garbage, compiling) is not there every time.
      for (let attempt = 0; attempt < 4; attempt++) {
        const [less, more] = [await costOf(small), await costOf(large)];
        if (more < notFelt || more < 9 * less) return;
        said = `${less} ms for ${small.length} bytes, ${more} ms for ${large.length}`;
      }
      assert.fail(said);
    });

  it('is not looked into where it has more values than any container needs', () => {
    const values = (count: number) => text({ x: many(count, () => 0) });
    const { diagnostics } = parseConfig(values(maxConfigValues));
    assert.deepEqual(
      diagnostics.map(({ problem }) => problem),
      ['too-many'],
    );
    assert.ok(parseConfig(values(maxConfigValues - 100)).config);
  });

  it('says of more problems than anybody reads how many there are', async () => {
    const { diagnostics } = parseConfig(text({ annotations: keys(250, 0) }));
    assert.equal(diagnostics.length, maxDiagnostics + 1);
    assert.equal(diagnostics.at(-1)?.message, 'There are 150 more problems like these.');
    const found = await findingsOf(text(keys(250, 0)), path.join(folder(), 'config.json'), 'root');
    assert.equal(found.length, maxDiagnostics + 1);
    assert.match(found.at(-1)?.message ?? '', /^There are \d+ more/);
  });
});
