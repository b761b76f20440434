/** The JSON schema of `config.json` for editors, made from the one definition in `schema.ts`. */
import * as z from 'zod';
import { listsOfTypes } from './remainingTypes';
import { ownAnnotations } from './ownAnnotations';
import { OciConfig } from './schema';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** What could be wrong with a value is said once, by `findingsOf`, and not by the editor's own JSON too. */
const checks = [
  ...['type', 'enum', 'allOf', 'not'],
  ...['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum'],
  ...['exclusiveMaximum', 'minItems', 'maxItems', 'required', 'additionalItems', 'propertyNames'],
];

const meanings: Readonly<Record<string, string>> = {
  'dev.terrarium.root':
    'How the program gets its root. `pivot_root` changes the root for all processes. `chroot` is a start by hand, with the commands `unshare`, `mount` and `chroot`: `bash` is PID 1 and keeps the host’s root. That is for learning, and no boundary.',
  'dev.terrarium.engine':
    'Who makes the container: Terrarium’s own start sequence, or `runc` or `crun` where it is installed.',
  'dev.terrarium.idMappings':
    'Whose ids a user namespace gets: `own` maps those of whoever starts it, and leaves `uidMappings` and `gidMappings` to other runtimes; `file` maps what these say.',
  'dev.terrarium.remount':
    'Whether root inside, where it is root of this machine, may remount a whole file system, for the machine too: `refused` by a filter of system calls, or `allowed`. A filter of `linux.seccomp` takes its place.',
  'dev.terrarium.overlay':
    'Whether it starts on a scratch layer: an overlay that leaves the rootfs as it is. What is changed inside lies in `.terrarium` beside `config.json`, until it is applied or discarded.',
};

/**
 * Applies only to a document that says which version of the specification it follows: many a
 * config.json is something else. Lets keys pass that it does not know, as the specification does.
 */
export function configJsonSchema(): object {
  const { $schema, ...document } = z.toJSONSchema(OciConfig, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    // VS Code shows a plain description's backquotes as they are.
    override: ({ jsonSchema }) => {
      if (jsonSchema.description !== undefined)
        jsonSchema['markdownDescription'] = jsonSchema.description;
    },
  });
  offerOnly(document);
  const properties = document.properties as Record<string, JsonSchema>;
  // No completion for a refused key.
  delete properties.hooks;
  for (const { list } of listsOfTypes) offerNoTypes(properties, list);
  const { annotations } = properties;
  annotations!.properties = Object.fromEntries(
    Object.entries(ownAnnotations).map(([key, values]) => [
      key,
      {
        examples: [...values],
        description: meanings[key],
        markdownDescription: meanings[key],
      },
    ]),
  );
  return { $schema, if: { required: ['ociVersion'] }, then: document };
}

/** There only some of them can be taken: `remainingTypes` knows which. */
function offerNoTypes(properties: Record<string, JsonSchema>, [part, key]: readonly string[]) {
  const list = properties[part!]?.properties?.[key!] as JsonSchema;
  const type = (list.items as JsonSchema).properties?.['type'] as JsonSchema;
  delete type.examples;
  type['defaultSnippets'] = [emptyText];
}

const emptyText = { label: '""', body: '$1' };

/**
 * VS Code completes examples as it does an enum, and complains of no other value. Of a type it would
 * complain, so what it makes of one for a key that is typed (quotes, true and false) is given otherwise.
 */
function offerOnly(schema: JsonSchema): void {
  if (schema.enum) schema.examples = schema.enum;
  if (schema.type === 'boolean') schema.examples = [true, false];
  if (schema.type === 'string' && !schema.examples) schema['defaultSnippets'] = [emptyText];
  for (const check of checks) delete schema[check];
  const { properties = {}, additionalProperties, items, anyOf = [], prefixItems = [] } = schema;
  const parts = [additionalProperties, items, ...anyOf, ...prefixItems].flat();
  for (const part of [...Object.values(properties), ...parts])
    if (typeof part === 'object') offerOnly(part);
}
