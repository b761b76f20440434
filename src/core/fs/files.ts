/**
 * What a start asks of files: node:fs/promises, or the same calls made at once. The way through libuv's threads takes
 * some 0.1 ms for each, and a start makes a hundred. At once is for who may be held by a file system that does not
 * answer: the thread of LooksThread.ts, and a process of one start.
 */
import {
  type BigIntStats,
  type Dirent,
  type Stats,
  type StatsFs,
  accessSync,
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  opendirSync,
  promises as files,
  readFileSync,
  readSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { codeOf } from './codeOf';

export interface ReadableFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** What is needed of a FileHandle. */
export interface OpenFile extends ReadableFile {
  readonly fd: number;
  stat(): Promise<Stats>;
  stat(options: { readonly bigint: true }): Promise<BigIntStats>;
  close(): Promise<void>;
}

let isAtOnce = false;

/** From here on, and for all that this thread does. */
export function callAtOnce(atOnce = true): void {
  isAtOnce = atOnce;
}

/* eslint-disable @typescript-eslint/require-await -- what a call throws is to be a rejection in both cases */
export async function open(file: string | Buffer, flags: number): Promise<OpenFile> {
  return isAtOnce ? new FileAtOnce(openSync(file, flags)) : files.open(file, flags);
}

export async function stat(file: string): Promise<Stats> {
  return isAtOnce ? statSync(file) : files.stat(file);
}

export async function lstat(file: string): Promise<Stats> {
  return isAtOnce ? lstatSync(file) : files.lstat(file);
}

export async function statfs(file: string): Promise<StatsFs> {
  return isAtOnce ? statfsSync(file) : files.statfs(file);
}

export async function access(file: string, mode: number): Promise<void> {
  return isAtOnce ? accessSync(file, mode) : files.access(file, mode);
}

export async function readlink(file: string): Promise<string> {
  return isAtOnce ? readlinkSync(file) : files.readlink(file);
}

/** By realpath(3), as that of node:fs/promises. */
export async function realpath(file: string): Promise<string> {
  return isAtOnce ? realpathSync.native(file) : files.realpath(file);
}

export async function readFile(file: string): Promise<Buffer>;
export async function readFile(file: string, encoding: BufferEncoding): Promise<string>;
export async function readFile(
  file: string,
  encoding: BufferEncoding | null = null,
): Promise<Buffer | string> {
  return isAtOnce ? readFileSync(file, encoding) : files.readFile(file, encoding);
}

export async function writeFile(
  file: string,
  text: string,
  options: { readonly flag: string; readonly mode?: number },
): Promise<void> {
  return isAtOnce ? writeFileSync(file, text, options) : files.writeFile(file, text, options);
}

export async function rename(from: string, to: string): Promise<void> {
  return isAtOnce ? renameSync(from, to) : files.rename(from, to);
}

/** Of a file, where it is there. */
export async function removeFile(file: string): Promise<void> {
  try {
    await (isAtOnce ? unlinkSync(file) : files.unlink(file));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

export async function mkdir(folder: string, mode: number): Promise<void> {
  await (isAtOnce ? mkdirSync(folder, { mode }) : files.mkdir(folder, { mode }));
}

export async function rmdir(folder: string): Promise<void> {
  return isAtOnce ? rmdirSync(folder) : files.rmdir(folder);
}

/** All names: for a folder that no stranger can write to. */
export async function readdir(folder: string): Promise<string[]> {
  return isAtOnce ? readdirSync(folder) : files.readdir(folder);
}

/** One after the other: a hostile folder may have millions. */
export async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  if (!isAtOnce) {
    for await (const entry of await files.opendir(folder, { bufferSize: 256 })) yield entry;
    return;
  }
  const opened = opendirSync(folder, { bufferSize: 256 });
  try {
    for (let entry = opened.readSync(); entry; entry = opened.readSync()) yield entry;
  } finally {
    opened.closeSync();
  }
}

class FileAtOnce implements OpenFile {
  constructor(readonly fd: number) {}

  async stat(): Promise<Stats>;
  async stat(options: { readonly bigint: true }): Promise<BigIntStats>;
  async stat(options?: { readonly bigint: true }): Promise<Stats | BigIntStats> {
    return fstatSync(this.fd, options);
  }

  async read(buffer: Buffer, offset: number, length: number, position: number) {
    return { bytesRead: readSync(this.fd, buffer, offset, length, position) };
  }

  async close(): Promise<void> {
    closeSync(this.fd);
  }
}
