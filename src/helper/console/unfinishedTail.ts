/** What a terminal has read but not understood yet. Used by Console.ts when somebody attaches. */

/** Most bytes that are looked at; a longer sequence is cut for a late client. */
export const maxTailBytes = 4096;

/** A control sequence (ECMA-48: CSI, the strings OSC DCS SOS PM APC, two-character ones) without its end. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const sequence = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\x18\x1a]*\x1b?|[ -/]*)$/;

/** A character of UTF-8 without its last bytes. */
const character = /(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})$/;

/**
 * The bytes at the end of the output that only make sense with what follows. The serialized screen
 * does not hold them: a client that gets it and then the live bytes would see `31m` as text.
 * @param recent the last bytes of the output, at least `maxTailBytes` where there are that many
 */
export function unfinishedTail(recent: Buffer): Buffer {
  const text = recent.toString('latin1');
  const length = (sequence.exec(text) ?? character.exec(text))?.[0].length ?? 0;
  return recent.subarray(recent.length - length);
}
