/** Which types of a list that takes each once are completed in a config.json. */
import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config/parseConfig';
import { listsOfTypes, remainingTypes } from '../../../../src/core/config/remainingTypes';

/** Asks at the `|` of a text, which is not part of it. */
function at(text: string) {
  const offset = text.indexOf('|');
  return remainingTypes(text.replace('|', ''), offset);
}

const namespaces = (entries: string) =>
  `{"ociVersion":"1.0.2","linux":{"namespaces":[${entries}]}}`;

describe('the types that a list has not yet', () => {
  it('leaves out those of the other entries', () => {
    const { types } = at(namespaces('{"type":"pid"},{"type":"|"},{"type":"mount"}'))!;
    assert.deepEqual(types, ['network', 'ipc', 'uts', 'user', 'cgroup', 'time']);
    const limits = at('{"process":{"rlimits":[{"type":"RLIMIT_NOFILE"},{"type":"|"}]}}')!;
    assert.equal(limits.types.length, 15);
    assert.ok(!limits.types.includes('RLIMIT_NOFILE'));
  });

  it('offers the one that stands there, and replaces it with its quotes', () => {
    const text = namespaces('{"type":"pid"},{"type":"mo|unt"}');
    const { types, offset, length } = at(text)!;
    assert.ok(types.includes('mount'));
    assert.equal(text.replace('|', '').slice(offset, offset + length), '"mount"');
  });

  it('answers where nothing is written yet, and in a file that is being written', () => {
    const empty = at(namespaces('{"type":"pid"},{"type": | }'))!;
    assert.equal(empty.length, 0);
    assert.ok(!empty.types.includes('pid') && empty.types.includes('uts'));
    const broken = at('{"linux":{"namespaces":[{"type":"uts"},{"type":"|')!;
    assert.ok(!broken.types.includes('uts') && broken.types.includes('pid'));
  });

  it('answers nowhere else', () => {
    for (const text of [
      '|',
      '{"linux":{"namespaces":"|"}}',
      '{"linux":{"namespaces":[{"|":"pid"}]}}',
      '{"linux":{"namespaces":[{"path":"|"}]}}',
      '{"linux":{"namespaces":{"0":{"type":"|"}}}}',
      '{"mounts":[{"type":"|"}]}',
      '{"linux":{"devices":[{"type":"|"}]}}',
    ])
      assert.equal(at(text), undefined, text);
  });

  it('is not asked of a text that is too deep to parse', () => {
    assert.equal(remainingTypes('['.repeat(100_000), 50_000), undefined);
  });

  it('is about lists of which parseConfig refuses a second entry', () => {
    for (const { list, types } of listsOfTypes)
      for (const type of types) {
        const [part, key] = list;
        const entry = { type, soft: 1, hard: 1 };
        const twice = {
          ociVersion: '1.0.2',
          process: { args: ['/bin/sh'], cwd: '/' },
          linux: {},
        };
        const document = { ...twice, [part]: { ...twice[part as 'linux'], [key]: [entry, entry] } };
        const [problem] = parseConfig(JSON.stringify(document)).diagnostics;
        assert.match(problem!.message, / a second time\.$/, `${type} in ${list.join('.')}`);
      }
  });
});
