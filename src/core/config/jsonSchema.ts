/** The JSON schema of `config.json` for editors, made from the one definition in `schema.ts`. */
import * as z from 'zod';
import { OciConfig } from './schema';

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
  return { $schema, if: { required: ['ociVersion'] }, then: document };
}
