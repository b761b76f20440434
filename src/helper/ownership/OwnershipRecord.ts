/**
 * One record of Take Ownership (see ownershipRecord.ts for where it lies): a line of JSON for each file,
 * written before the file is changed, and one more for a file that lost bits or capabilities.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { codeOf } from '../../core/fs/codeOf';
import { recordName } from '../../core/fs/ownershipRecord';
import type { Visited } from '../../core/fs/walkTree';
import { TerrariumError, messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

const Id = z.number().int().min(0).max(4294967295);
const Digits = z.string().regex(/^\d{1,20}$/);
/** Which file: st_ino and its time of birth in nanoseconds. All lie on the rootfs's own device. */
const File = z.object({ ino: Digits, born: Digits });

const Taken = File.extend({
  /**
   * Inside the rootfs, base64: a name need not be UTF-8. Only where nothing else tells it from a later file
   * of that number: a container can make paths so long that they would fill the disk.
   */
  path: z.base64().optional(),
  uid: Id,
  gid: Id,
  /** Permission bits with setuid, setgid and sticky. */
  mode: z.number().int().min(0).max(0o7777),
  capability: z.base64().optional(),
  /** Whose it became. */
  to: Id,
});
export type Taken = z.infer<typeof Taken>;

/** st_ctime after the change: only root can change such a file and keep it. */
const Left = File.extend({ left: Digits });
type Left = z.infer<typeof Left>;

const Line = z.union([Left, Taken]);

export class OwnershipRecord {
  private constructor(
    private readonly file: string,
    private handle?: FileHandle,
  ) {}

  /**
   * @param folder of our own user; made where it is absent
   * @param mode of that folder
   * @throws TerrariumError `record-failed`
   */
  static async of(folder: string, rootfs: Visited['stat'], mode: number): Promise<OwnershipRecord> {
    try {
      await mkdir(folder, { recursive: true, mode });
      // A user who can create a name in it, or above it, could forge a record.
      for (const each of [folder, path.dirname(folder)]) {
        const { uid, mode: bits } = await lstat(each);
        if (uid !== process.geteuid!() || (bits & 0o022) !== 0 || (bits & 0o170000) !== 0o040000)
          throw new Error(
            `${each} belongs to user ${uid} with mode ${(bits & 0o7777).toString(8)}`,
          );
      }
    } catch (error) {
      throw failed(folder, error);
    }
    return new OwnershipRecord(path.join(folder, recordName(rootfs)));
  }

  /** On the disk when it resolves. */
  async append(lines: readonly (Taken | Left)[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
      this.handle ??= await open(this.file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
      await this.handle.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await this.handle.datasync();
    } catch (error) {
      throw failed(this.file, error);
    }
  }

  /** @returns undefined where there is none. @throws TerrariumError `record-failed` */
  async read(): Promise<{ taken: Map<string, Taken>; left: Map<string, string> } | undefined> {
    const taken = new Map<string, Taken>();
    const left = new Map<string, string>();
    let handle: FileHandle;
    try {
      handle = await open(this.file, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw failed(this.file, error);
    }
    try {
      for await (const text of handle.readLines()) {
        const line = parse(text);
        // A truncated last line: the helper was killed before it changed that file.
        if (!line) continue;
        const key = `${line.ino}-${line.born}`;
        if ('left' in line) left.set(key, line.left);
        else {
          taken.set(key, line); // of one that was taken twice, the last owner counts
          left.delete(key);
        }
      }
      return { taken, left };
    } finally {
      await handle.close();
    }
  }

  async remove(): Promise<void> {
    await rm(this.file, { force: true });
  }

  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }
}

function parse(text: string): z.infer<typeof Line> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return Line.safeParse(json).data;
}

function failed(file: string, cause: unknown): TerrariumError {
  return new TerrariumError(
    'record-failed',
    `The record of what is changed cannot be kept at ${escapeControlCharacters(file)} (${escapeControlCharacters(messageOf(cause))}).`,
    'Make that folder one that its user alone can write to. Nothing was changed without a record.',
    { cause },
  );
}
