/**
 * Leaves out of one of the fixed scripts what a plan does not need, for `exportScript`: people read it
 * there, and what helpers run is always the whole script.
 */

/**
 * @param script where a part stands between the lines `#begin NAME` and `#end NAME`, and a function
 *   between `NAME() {` and `}` at the beginning of a line
 * @param parts the names of the parts to keep
 * @param called names of functions that are called from elsewhere; what these call is kept, too
 */
export function partOf(
  script: string,
  parts: ReadonlySet<string>,
  called: ReadonlySet<string> = new Set(),
): string {
  const kept = withParts(script, parts);
  const functions = new Map(
    [...kept.matchAll(functionText)].map(({ 0: text, 1: name }) => [name!, text]),
  );
  const needed = new Set<string>();
  const need = (text: string) => {
    for (const [word] of text.replaceAll(comment, '').matchAll(/\w+/g)) {
      if (!functions.has(word) || needed.has(word)) continue;
      needed.add(word);
      need(functions.get(word)!);
    }
  };
  need(kept.replaceAll(functionText, ''));
  need([...called].join(' '));
  return kept
    .replaceAll(functionText, (text, name: string) => (needed.has(name) ? text : ''))
    .replaceAll(/\n{3,}/g, '\n\n');
}

const comment = /(^|\s)# .*$/gm;

/** With the comment above it. */
const functionText = /(?:^# .*\n)*^(\w+)\(\) \{.*\n(?:.*\n)*?\}\n/gm;

function withParts(script: string, parts: ReadonlySet<string>): string {
  const left: string[] = [];
  return script
    .split('\n')
    .filter((line) => {
      const [, edge, name] = /^\s*#(begin|end) (\w+)$/.exec(line) ?? [];
      if (edge === 'begin' && !parts.has(name!)) left.push(name!);
      if (edge === 'end' && left.at(-1) === name) left.pop();
      return edge === undefined && left.length === 0;
    })
    .join('\n');
}
