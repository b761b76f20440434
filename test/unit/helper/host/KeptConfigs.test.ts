/** Configurations that a process before has parsed: the same again, or none. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mostKept } from '../../../../src/core/config/knownConfigs';
import { requireWhole } from '../../../../src/core/config/parseConfig';
import { startingPoints } from '../../../../src/core/config/templates';
import { KeptConfigs } from '../../../../src/helper/host/KeptConfigs';

const notes = startingPoints.find(({ id }) => id === 'notes')!;
const build = Buffer.from('this build\n');

describe('KeptConfigs', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'terrarium-kept-'));
    file = path.join(folder, 'configs');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const textOf = (hostname: string, more: object = {}) =>
    JSON.stringify({ ...notes.config(hostname), ...more }, undefined, 2);
  const keep = (text: string) =>
    new KeptConfigs(file, build).keep(text, requireWhole(text, 'config.json'));
  /** What another process finds. */
  const found = (text: string, identity = build) => new KeptConfigs(file, identity).get(text);

  for (const point of startingPoints)
    it(`gives ${point.id} back as it was parsed`, () => {
      const text = JSON.stringify({ ...point.config('box'), oddKey: { 'a\u2028': ['\n', 1] } });
      assert.equal(found(text), undefined);
      keep(text);
      assert.deepEqual(found(text), requireWhole(text, 'config.json'));
    });

  it('gives nothing for a text that is different in one character', () => {
    keep(textOf('box'));
    assert.equal(found(textOf('bow')), undefined);
    assert.equal(found(`${textOf('box')} `), undefined);
  });

  it('keeps the last ones', () => {
    const texts = Array.from({ length: mostKept + 1 }, (_, at) => textOf(`box${at}`));
    texts.forEach(keep);
    assert.deepEqual(
      texts.map((text) => found(text) !== undefined),
      [false, ...Array<boolean>(mostKept).fill(true)],
    );
  });

  it('does not keep what JSON cannot say', () => {
    const text = textOf('box', { linux: { resources: { rdma: { device: 1 } } } });
    const huge = text.replace('"device": 1', '"device": 1e999');
    keep(huge);
    assert.equal(found(huge), undefined);
    keep(text);
    assert.deepEqual(found(text), requireWhole(text, 'config.json'));
  });

  it('is of one build, of this user, and no link', () => {
    const text = textOf('box');
    keep(text);
    assert.equal(statSync(file).mode & 0o7777, 0o600);
    assert.equal(found(text, Buffer.from('that build\n')), undefined);
    chmodSync(file, 0o666);
    assert.equal(found(text), undefined);
    chmodSync(file, 0o600);
    assert.ok(found(text));
    renameSync(file, `${file}.aside`);
    symlinkSync(`${file}.aside`, file);
    assert.equal(found(text), undefined);
  });

  it('survives a file that was cut off', () => {
    const text = textOf('box');
    keep(text);
    const whole = readFileSync(file);
    for (const length of [0, build.length, build.length + 1, whole.length - 2]) {
      writeFileSync(file, whole.subarray(0, length));
      assert.equal(found(text), undefined);
    }
  });
});
