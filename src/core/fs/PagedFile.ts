/**
 * An open file that is read by pages, of which the latest are kept. Headers and tables of a program lie close together,
 * and each look at them would be a system call. Used by the rootfs check.
 */
import type { ReadableFile } from './files';
import { readAt } from './readBounded';

const pageBytes = 4096;
const mostKept = 4;

export class PagedFile implements ReadableFile {
  /** The latest one last. */
  private pages: { readonly start: number; readonly bytes: Buffer }[] = [];

  constructor(private readonly file: ReadableFile) {}

  /** @returns fewer bytes than asked for at the end of a page too */
  async read(buffer: Buffer, offset: number, length: number, position: number) {
    if (length >= pageBytes) return this.file.read(buffer, offset, length, position);
    const start = position - (position % pageBytes);
    const bytes = await this.page(start);
    const from = position - start;
    return { bytesRead: bytes.subarray(from, from + length).copy(buffer, offset) };
  }

  private async page(start: number): Promise<Buffer> {
    const known = this.pages.find((page) => page.start === start);
    if (known) return known.bytes;
    const bytes = await readAt(this.file, start, pageBytes);
    this.pages = [...this.pages.slice(1 - mostKept), { start, bytes }];
    return bytes;
  }
}
