/**
 * The capabilities that a program gets where it is executed (capabilities(7), “File capabilities”): the extended
 * attribute security.capability, as text. Pure.
 */
import { namesOfCapabilities } from '../procfs/capabilities';

/** VFS_CAP_REVISION_… of linux/capability.h: words of 32 bits that follow the first one. */
const wordsOf: Readonly<Record<number, number>> = { 1: 2, 2: 4, 3: 5 };

/**
 * @param value of the attribute, in little endian on every machine
 * @returns as getcap(8) prints it, `cap_net_raw=ep`; undefined where it is none that the kernel knows
 */
export function capabilityText(value: Buffer): string | undefined {
  if (value.length < 4) return undefined;
  const first = value.readUInt32LE(0);
  const words = wordsOf[first >>> 24];
  if (words === undefined || value.length !== 4 + 4 * words) return undefined;
  // Permitted and inheritable in turn, the lower 32 bits of both before the higher ones.
  const setAt = (at: number) =>
    BigInt(value.readUInt32LE(at)) | (words === 2 ? 0n : BigInt(value.readUInt32LE(at + 8)) << 32n);
  const [permitted, inheritable] = [setAt(4), setAt(8)];
  const isEffective = (first & 1) === 1;
  const groups = [
    [permitted & ~inheritable, 'p'],
    [permitted & inheritable, 'ip'],
    [inheritable & ~permitted, 'i'],
  ] as const;
  const texts = groups.flatMap(([set, letters]) => {
    const names = namesOfCapabilities(set).map((name) => `cap_${name.toLowerCase()}`);
    return names.length === 0 ? [] : [`${names.join(',')}=${isEffective ? 'e' : ''}${letters}`];
  });
  const owner = words === 5 ? [`[rootid=${value.readUInt32LE(20)}]`] : [];
  return [...(texts.length > 0 ? texts : ['=']), ...owner].join(' ');
}
