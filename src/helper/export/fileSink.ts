/** Writes a stream to an open file, which stays open. Used by writeTar and writeImage.ts. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** A new file that is its owner's alone: it holds what root alone reads in the rootfs. */
export function openNew(place: string): Promise<FileHandle> {
  return open(place, 'wx', 0o600);
}

/** @param at where in the file @param tap is told what is written */
export function fileSink(handle: FileHandle, at: number, tap: (bytes: Buffer) => void): Writable {
  let place = at;
  return new Writable({
    write(bytes: Buffer, _, done) {
      tap(bytes);
      writeAll(handle, bytes, place).then(() => done(), done);
      place += bytes.length;
    },
  });
}

/** write(2) may write less. */
export async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
