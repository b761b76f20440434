/** The user names of a container's rootfs, for the editor. Made by ManagedContainer.ts. */
import { readAccounts } from '../../core/bundle/passwd';
import { messageOf } from '../../core/errors';

/** passwd is the container's to write: this many names, of this many characters, are sent at most. */
const [maxUsers, maxCharacters] = [4096, 256];

export class RootfsUsers {
  /** What was said last: they are asked for again and again. */
  #problem: string | undefined;

  /** @param warn told once why passwd cannot be read; without names the numbers are shown */
  constructor(
    private readonly rootfs: string,
    private readonly warn: (text: string) => void,
  ) {}

  /** @returns names by uid */
  async read(): Promise<[number, string][]> {
    const { users } = await readAccounts(this.rootfs).catch((error: unknown) => {
      const text = `its /etc/passwd cannot be read: ${messageOf(error)}`;
      if (text !== this.#problem) this.warn(text);
      this.#problem = text;
      return { users: [] };
    });
    return users.slice(0, maxUsers).map(({ uid, name }) => [uid, name.slice(0, maxCharacters)]);
  }
}
