/** Counts what an import reads and writes: for progress, and against archives that unpack to far more. */
import { TerrariumError } from '../../core/errors';
import type { ImportProgress } from '../../protocol/imports';

export interface ImportLimits {
  /** Bytes that an archive may unpack to. */
  readonly bytes: number;
  /** So many times what was read, where it is more than `ratioFrom`. */
  readonly ratio: number;
}

const gibibyte = 1024 ** 3;
export const usualLimits: ImportLimits = { bytes: 20 * gibibyte, ratio: 100 };

/** Zeros at the end of a disk image compress well: a small tree may have any ratio. */
const ratioFrom = gibibyte / 2;

/** Between two reports, in milliseconds. */
const every = 150;

export class Meter {
  private bytes = 0;
  private unpackedBytes = 0;
  private entries = 0;
  private told = 0;
  /** All that will be read, where it is known. */
  total: number | undefined;

  constructor(
    private readonly limits: ImportLimits,
    private readonly signal: AbortSignal,
    private readonly onProgress: (progress: ImportProgress) => void,
  ) {}

  /** Told what is read of the source. */
  readonly read = (bytes: Buffer): void => {
    this.bytes += bytes.length;
  };

  /** @param entries as many as there were up to now @throws TerrariumError `archive-too-large` */
  unpacked(bytes: number, entries = this.entries): void {
    this.signal.throwIfAborted();
    this.unpackedBytes += bytes;
    this.entries = entries;
    const { limits, unpackedBytes } = this;
    const times = unpackedBytes / Math.max(this.bytes, 1);
    if (unpackedBytes > limits.bytes || (unpackedBytes > ratioFrom && times > limits.ratio))
      throw tooLarge(
        `The archive unpacks to more than ${inWords(unpackedBytes)}${times > 2 ? `, ${Math.floor(times)} times its own size` : ''}`,
      );
    const now = performance.now();
    if (now - this.told >= every) this.tell(now);
  }

  /** @param bytes of an image that have come @throws TerrariumError `archive-too-large` */
  fetched(bytes: number, total: number): void {
    this.signal.throwIfAborted();
    if (total > this.limits.bytes) throw tooLarge(`The image has ${inWords(total)}`);
    this.onProgress({ stage: 'fetch', bytes, total, entries: 0 });
  }

  /** @param said by the program that makes the tree */
  built(said: string): void {
    this.onProgress({ stage: 'build', said, bytes: this.bytes, entries: this.entries });
  }

  /** What was read and written does not count any more. */
  reset(): void {
    this.bytes = this.unpackedBytes = 0;
  }

  tell(now = performance.now()): void {
    this.told = now;
    const { bytes, entries, total } = this;
    this.onProgress({ bytes, entries, ...(total === undefined ? {} : { total }) });
  }
}

function tooLarge(problem: string): TerrariumError {
  return new TerrariumError(
    'archive-too-large',
    `${problem}.`,
    'If you expect that, import it with a larger limit: --max-size 100G on the command line.',
  );
}

function inWords(bytes: number): string {
  return bytes >= gibibyte
    ? `${(bytes / gibibyte).toFixed(1)} GiB`
    : `${Math.floor(bytes / 1024 ** 2)} MiB`;
}
