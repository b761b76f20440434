/** The unit of `rss` in /proc/PID/stat. Called by the process reader. */
import { readFileSync } from 'node:fs';

/** Type of the entry that holds the page size: getauxval(3), AT_PAGESZ. */
const AT_PAGESZ = 6n;

/** What every x86-64 kernel has; arm64 ones are also built with 16 and 64 KiB. */
const usual = 4096;

/** Bytes per page, from the auxiliary vector that the kernel gave to this very process. */
export function pageSize(vector: Buffer = readFileSync('/proc/self/auxv')): number {
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8));
  }
  return usual;
}
