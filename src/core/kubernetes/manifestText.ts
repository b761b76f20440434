/**
 * A manifest as YAML. Texts come from config.json, which may be a stranger's: all of them are in double quotes, as
 * are keys, so no reader of YAML 1.1 or 1.2 takes one for another type, for an end of a line or for a comment.
 */
import { Document, type Scalar, visit } from 'yaml';
import { type Unsaid, visibleOnly } from './unsaid';

/** Words of ours, and numbers in words: the same in every reader. */
const plain = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z][A-Za-z-]*(?:\/v1)?$/i;

export function manifestText(
  manifest: object,
  head: readonly string[],
  unsaid: readonly Unsaid[],
): string {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(key, node: Scalar) {
      if (typeof node.value !== 'string') return;
      node.value = Buffer.from(node.value).toString(); // a lone surrogate is no UTF-8
      node.type = key === 'key' && plain.test(node.value as string) ? 'PLAIN' : 'QUOTE_DOUBLE';
    },
  });
  const heading =
    unsaid.length > 0 ? ['What config.json says and a Pod cannot say, or not so:'] : [];
  const lines = unsaid.map(([key, reason]) => `  ${key}: ${reason}`);
  document.commentBefore = [...head, ...heading, ...lines].map((line) => ` ${line}`).join('\n');
  // A line is as long as its text: a quoted one that is folded would be one of several lines.
  return visibleOnly(document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Infinity }));
}
