/**
 * Undoes Take Ownership: only for the same file (inode and birth time) that the person still owns. Setuid
 * bits and capabilities are restored only where st_ctime is unchanged: a program that a container has
 * written meanwhile must not become setuid root. Called by ownership.ts, with a record that only the
 * helper's user could write.
 */
import { chmodSync, chownSync, closeSync } from 'node:fs';
import { TerrariumError } from '../../core/errors';
import { pathOf } from '../../core/fs/openDirectoryNoFollow';
import type { OwnershipUndone } from '../../protocol/ownership';
import { writeCapability } from './capabilities';
import { inodeOf, isDevice, isRegular } from './foreignFiles';
import { Some } from './lookAtOwners';
import type { Job } from './openPlace';
import type { OwnershipRecord, Taken } from './OwnershipRecord';
import { Refused } from './takeFiles';

/** @throws TerrariumError `nothing-to-undo`, `files-refused`, `record-failed`, `capabilities-unwritable` */
export async function undoTake(job: Job, record: OwnershipRecord): Promise<OwnershipUndone> {
  const known = await record.read();
  if (!known) throw nothing();
  const { taken, left } = known;
  const withoutBits = new Some(job);
  const refused = new Refused(job);
  let restored = 0;
  for await (const one of job.walk()) {
    try {
      const { stat } = one;
      const was = taken.get(inodeOf(stat));
      if (!was || isDevice(stat)) continue;
      const isThatFile = stat.birthtimeNs !== 0n || isThere(was, job.pathOf(one));
      if (job.ids.ownerOf(one)?.uid !== was.to || !isThatFile) continue;
      try {
        const owner = job.ids.inside(was);
        chownSync(pathOf(one), owner.uid, owner.gid);
        if (losesBits(was, isRegular(stat))) {
          if (left.get(inodeOf(stat)) === String(stat.ctimeNs)) {
            chmodSync(pathOf(one), was.mode);
            if (was.capability !== undefined) await writeCapability(one.fd, was.capability);
          } else withoutBits.add(one);
        }
        restored++;
      } catch (error) {
        refused.add(one, error);
      }
    } finally {
      closeSync(one.fd);
    }
  }
  refused.throwIfAny();
  await record.remove();
  return { restored, withoutBits: withoutBits.told, gone: taken.size - restored };
}

function losesBits(was: Taken, isFile: boolean): boolean {
  return isFile && (was.capability !== undefined || (was.mode & 0o6000) !== 0);
}

function isThere({ path }: Taken, now: Buffer): boolean {
  return path !== undefined && Buffer.from(path, 'base64').equals(now);
}

function nothing(): TerrariumError {
  return new TerrariumError(
    'nothing-to-undo',
    'There is no record of files that were taken in this rootfs.',
    'Undo with the privilege that took them: with sudo or without (“Terrarium: Choose Privilege…” in the editor).',
  );
}
