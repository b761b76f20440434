/** What the editor offers in a config.json is what `parseConfig` takes. */
import assert from 'node:assert/strict';
import { configJsonSchema } from '../../../../src/core/config/jsonSchema';
import { parseConfig } from '../../../../src/core/config/parseConfig';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema | Schema[];
  readonly examples?: unknown[];
  readonly [key: string]: unknown;
}

type Path = readonly (string | number)[];

/** With one entry of each list for which something is offered. */
const document = {
  ociVersion: '1.0.2',
  root: { path: 'rootfs' },
  process: {
    args: ['/bin/sh'],
    cwd: '/',
    capabilities: Object.fromEntries(
      ['bounding', 'effective', 'inheritable', 'permitted', 'ambient'].map((set) => [set, ['']]),
    ),
    rlimits: [{ type: '', soft: 1, hard: 1 }],
  },
  mounts: [{ destination: '/x', source: 'x', options: [''] }],
  annotations: {},
  linux: {
    namespaces: [{ type: '' }],
    devices: [{ type: '', path: '/dev/x', major: 1, minor: 1 }],
  },
};

/** Every value that is offered, with its place. */
function offered(schema: Schema, found: unknown, at: Path = []): [Path, unknown][] {
  const own = (schema.examples ?? []).map((value): [Path, unknown] => [at, value]);
  const keys = Object.entries(schema.properties ?? {}).flatMap(([key, part]) =>
    offered(part, (found as Record<string, unknown> | undefined)?.[key], [...at, key]),
  );
  const { items } = schema;
  const entries =
    items && !Array.isArray(items) && Array.isArray(found)
      ? offered(items, found[0] as unknown, [...at, 0])
      : [];
  return [...own, ...keys, ...entries];
}

/** The document with a value at a place, and without its other placeholders. */
function withValue([...at]: Path, value: unknown): unknown {
  const copy = structuredClone(document) as Record<string | number, unknown>;
  const last = at.pop()!;
  let node = copy;
  for (const part of at) node = (node[part] ??= {}) as Record<string | number, unknown>;
  node[last] = value;
  return JSON.parse(
    JSON.stringify(copy, (_, one: unknown) =>
      Array.isArray(one)
        ? one.filter((entry) => entry !== '' && (entry as { type?: string }).type !== '')
        : one,
    ),
  );
}

describe('the JSON schema of config.json', () => {
  const { then } = configJsonSchema() as { then: Schema };

  it('offers nothing that is refused', () => {
    const all = offered(then, document);
    const places = new Set(all.map(([at]) => at.join('.')));
    for (const place of ['mounts.0.type', 'mounts.0.options.0', 'process.capabilities.bounding.0'])
      assert.ok(places.has(place), place);
    for (const [at, value] of all) {
      const { diagnostics } = parseConfig(JSON.stringify(withValue(at, value)));
      assert.deepEqual(
        diagnostics.map(({ message }) => message),
        [],
        `${at.join('.')}: ${JSON.stringify(value)}`,
      );
    }
    assert.equal(then.properties?.['hooks'], undefined);
  });

  it('offers nothing that stands in the list already', () => {
    const { process, mounts, linux } = then.properties!;
    const entry = (schema?: Schema) => (schema?.items as Schema).properties!;
    for (const list of [process!.properties!['rlimits'], linux!.properties!['namespaces']])
      assert.equal(entry(list)['type']?.examples, undefined, 'remainingTypes offers these');
    for (const set of Object.values(process!.properties!['capabilities']!.properties!))
      assert.equal(set['uniqueItems'], true);
    assert.equal(entry(mounts)['options']?.['uniqueItems'], true);
  });

  it('leaves it to Terrarium to say what is wrong', () => {
    const checks = new Set(['type', 'enum', 'pattern', 'required', 'minimum', 'minItems', 'not']);
    const look = (schema: unknown, isSchema: boolean): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, part] of Object.entries(schema)) {
        if (isSchema) assert.ok(!checks.has(key), `${key} of ${JSON.stringify(schema)}`);
        if (!['examples', 'defaultSnippets'].includes(key))
          look(part, !isSchema || !['properties', 'patternProperties'].includes(key));
      }
    };
    look(then, true);
  });
});
