/**
 * The token of a helper where every window of this user finds it. SecretStorage alone is not enough: in
 * a browser it may last no longer than the page, and a helper whose token is lost goes on with
 * containers that nobody can reach. The file lies beside the socket, in the folder that only this user
 * can enter: whoever can read it is trusted already (as with ssh-agent). Used by `Helpers`.
 */
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { codeOf } from '../../core/bundle/fileProblem';
import type { Privilege } from '../../protocol/container';
import { newToken } from './helperSocket';

const form = /^[0-9a-f]{64}$/;

/** @param directory verified @returns undefined where there is none and none is to be made */
export async function tokenFor(
  secrets: vscode.SecretStorage,
  directory: string,
  privilege: Privilege,
  make: boolean,
): Promise<string | undefined> {
  const key = `terrarium.token.${privilege}`;
  const kept = await read(fileOf(directory, privilege));
  const secret = await secrets.get(key);
  // The file first: it is the one that other windows see.
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

/** To be called once a helper of this token serves. */
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
