/**
 * Gives files to the person, each through a descriptor and after it was recorded. Called by ownership.ts.
 * A setuid file would run as the person, so the setuid and setgid bits are removed first; chown(2) removes
 * capabilities. Other mode bits are kept.
 */
import { chmodSync, chownSync, fstatSync } from 'node:fs';
import { codeOf } from '../../core/fs/codeOf';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import { TerrariumError } from '../../core/errors';
import { filesNeedRoot } from '../../core/text/remedies';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type Foreign, eachForeign, hasSetId, inodeOf } from './foreignFiles';
import { Some } from './lookAtOwners';
import type { Job } from './openPlace';
import type { OwnershipRecord, Taken } from './OwnershipRecord';

const setIdBits = 0o6000;

/** @throws TerrariumError `files-refused` where some were, after all others were changed; `record-failed` */
export async function takeFiles(job: Job, record: OwnershipRecord): Promise<{ changed: number }> {
  const { ids } = job;
  const person = ids.inside(job.person);
  const refused = new Refused(job);
  let changed = 0;
  /** Files with several names that are the person's by now. */
  const done = new Set<string>();
  await eachForeign(job, async (batch) => {
    const wanted = batch.filter(({ leftOut }) => leftOut === undefined);
    // Without an id to write down the kernel refuses the change.
    await record.append(wanted.flatMap((one) => written(one, job) ?? []));
    for (const one of wanted) {
      try {
        if (done.has(inodeOf(one.stat))) continue;
        await take(one, person, record);
        if (one.stat.nlink > 1n && !one.stat.isDirectory()) done.add(inodeOf(one.stat));
        changed++;
      } catch (error) {
        refused.add(one, error);
      }
    }
  });
  refused.throwIfAny();
  return { changed };
}

async function take(
  one: Foreign,
  person: { uid: number; gid: number },
  record: OwnershipRecord,
): Promise<void> {
  const file = pathOf(one);
  const mode = Number(one.stat.mode) & 0o7777;
  const loses = hasSetId(one) || one.capability !== undefined;
  if (hasSetId(one)) chmodSync(file, mode & ~setIdBits);
  chownSync(file, person.uid, person.gid);
  const now = fstatSync(one.fd, { bigint: true });
  // The owner may have set one between fstat and chown(2), which keeps a setgid bit without x.
  if (hasSetId({ ...one, stat: now })) chmodSync(file, Number(now.mode) & 0o1777);
  if (!loses) return;
  const { ino, birthtimeNs, ctimeNs } = fstatSync(one.fd, { bigint: true });
  await record.append([{ ino: String(ino), born: String(birthtimeNs), left: String(ctimeNs) }]);
}

function written(one: Foreign, job: Job): Taken | undefined {
  const { ino, birthtimeNs, mode } = one.stat;
  const owner = job.ids.ownerOf(one);
  return (
    owner && {
      ino: String(ino),
      born: String(birthtimeNs),
      ...pathIfNeeded(one, job),
      ...owner,
      mode: Number(mode) & 0o7777,
      ...(one.capability !== undefined && { capability: one.capability }),
      to: job.person.uid,
    }
  );
}

/** PATH_MAX: a file that is deeper is not known again on a file system without times of birth. */
const longestPath = 4096;

function pathIfNeeded(one: Foreign, job: Job): Pick<Taken, 'path'> {
  if (one.stat.birthtimeNs !== 0n) return {};
  const path = job.pathOf(one);
  return path.length > longestPath ? {} : { path: path.toString('base64') };
}

/** What could not be changed: told once, when the rest is done. */
export class Refused {
  private readonly some: Some;
  private cause: unknown;

  constructor(job: Job) {
    this.some = new Some(job);
  }

  get count(): number {
    return this.some.told.count;
  }

  /** @throws errors that are no refusal of the kernel */
  add(one: Foreign, error: unknown): void {
    if (!/^(EPERM|EACCES|EROFS|EINVAL|EOVERFLOW|EDQUOT)$/.test(codeOf(error) ?? '')) throw error;
    this.cause ??= error;
    this.some.add(one);
  }

  throwIfAny(): void {
    const { count, names } = this.some.told;
    if (count === 0) return;
    const code = codeOf(this.cause);
    throw new TerrariumError(
      'files-refused',
      `${count} ${count === 1 ? 'file' : 'files'} could not be changed (${code}), the first is ${escapeControlCharacters(names[0] ?? '')}.`,
      code === 'EROFS' ? 'The file system is read-only: mount it writable first.' : filesNeedRoot,
      { cause: this.cause },
    );
  }
}
