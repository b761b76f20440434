/** What of config.json a Pod cannot say: the key, and what holds in its place. */
export type Unsaid = readonly [key: string, reason: string];

/** At most so many characters of a stranger's text. */
const most = 200;

/** A text of config.json in a comment of YAML: quoted, and on one line. */
export function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, most));
  return visibleOnly(text.length > most ? `${quoted}…` : quoted);
}

/**
 * Readers of YAML 1.1 end a line at NEL, LS and PS too, and some refuse further control characters. In double quotes
 * an escape means the same character.
 * @param yaml where all other text is in double quotes, or in comments
 */
export function visibleOnly(yaml: string): string {
  return yaml.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu, (character) => {
    const code = character.codePointAt(0)!;
    const hex = code.toString(16);
    return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}
