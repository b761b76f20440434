/**
 * Keeps the token of a helper for all windows of this user, in SecretStorage and in a file. In a browser,
 * SecretStorage may last only as long as the page; without its token a helper, and its containers, could
 * not be reached. The file is beside the socket, in a folder of mode 0700: processes that can read it
 * are trusted already (as with ssh-agent). Used by `Helpers`.
 */
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import type { Privilege } from '../../protocol/container';
import { newToken } from './helperSocket';

const form = /^[0-9a-f]{64}$/;

/** @param directory verified @returns undefined where there is no token and none is to be made */
export async function tokenFor(
  secrets: vscode.SecretStorage,
  directory: string,
  privilege: Privilege,
  make: boolean,
): Promise<string | undefined> {
  const key = `terrarium.token.${privilege}`;
  const kept = await read(fileOf(directory, privilege));
  const secret = await secrets.get(key);
  // The file first: other windows see it.
  const token = kept ?? secret ?? (make ? newToken() : undefined);
  if (token === undefined) return undefined;
  if (token !== secret) await secrets.store(key, token);
  return token;
}

function fileOf(directory: string, privilege: Privilege): string {
  return path.join(directory, `token.${privilege}`);
}

async function read(file: string): Promise<string | undefined> {
  try {
    const handle = await open(
      file,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65), 0, 65, 0);
      const text = buffer.toString('latin1', 0, bytesRead);
      return form.test(text) ? text : undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP') return undefined;
    throw error;
  }
}

/** Called when a helper with this token serves. */
export async function keepToken(
  directory: string,
  privilege: Privilege,
  token: string,
): Promise<void> {
  const file = fileOf(directory, privilege);
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(token);
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
