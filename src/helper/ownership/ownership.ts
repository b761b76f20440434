/**
 * Take Ownership and its undo, with the ids that the helper may change. Called by ContainerRegistry.ts and
 * by the command line (ownershipCommand.ts).
 */
import { constants, open } from 'node:fs/promises';
import type { OpenFile } from '../../core/fs/files';
import * as z from 'zod';
import type { Bundle } from '../../core/bundle/loadBundle';
import { TerrariumError } from '../../core/errors';
import { codeOf } from '../../core/fs/codeOf';
import { recordFolder } from '../../core/fs/ownershipRecord';
import { O_PATH, openDirectoryNoFollow, pathOf } from '../../core/fs/openDirectoryNoFollow';
import { filesNeedRoot } from '../../core/text/remedies';
import { OwnershipReport, OwnershipUndone } from '../../protocol/ownership';
import { inSubordinateIds, runHelper } from '../host/runHelper';
import { refuseMounts } from '../host/refuseMounts';
import { Ids, type Owner } from './Ids';
import { lookAtOwners } from './lookAtOwners';
import { type Job, withPlace } from './openPlace';
import { OwnershipRecord } from './OwnershipRecord';
import { refuseRunning } from './refuseRunning';
import { takeFiles } from './takeFiles';
import { undoTake } from './undoTake';

const results = {
  look: OwnershipReport,
  take: z.object({ changed: z.number().int() }),
  undo: OwnershipUndone,
} as const;
export type OwnershipTask = keyof typeof results;
export type OwnershipResult<T extends OwnershipTask> = z.infer<(typeof results)[T]>;

function isOwnershipTask(word: string | undefined): word is OwnershipTask {
  return word !== undefined && word in results;
}

/** The output of the walking process. */
const Said = z.union([
  z.object({ result: z.unknown() }),
  z.object({ code: z.string(), problem: z.string(), remedy: z.string() }),
]);

/**
 * @param place a path as seen in the container; `/` for everything
 * @param person who gets the files
 * @throws TerrariumError `container-live`, those of the task
 */
export async function ownership<T extends OwnershipTask>(
  task: T,
  bundle: Bundle,
  place: string,
  person: Owner,
): Promise<OwnershipResult<T>> {
  const rootfs = await openDirectoryNoFollow(bundle.rootfs);
  try {
    await refuseMounts(rootfs);
    await refuseRunning(rootfs, bundle.name);
    const isRoot = process.geteuid!() === 0;
    const words = (ids: 'mapped' | 'same') => [
      ...['owners', task, ids, recordFolder(isRoot)],
      ...[String(person.uid), String(person.gid), place],
    ];
    // Files that a rootless container made belong to subordinate ids of its person.
    const said = isRoot ? undefined : await inSubordinateIds(words('mapped'), pathOf(rootfs));
    if (said !== undefined) return parseSaid(task, said);
    const result = await runHelper(words('same'), pathOf(rootfs));
    if (result.failed) throw new Error(`The walk over the rootfs failed: ${result.said}`);
    return parseSaid(task, result.said);
  } finally {
    await rootfs.close();
  }
}

/** `helper.js owners TASK IDS FOLDER UID GID PLACE`: in the rootfs; prints one line. */
export async function ownersHere(words: readonly string[]): Promise<string> {
  const [task, ids, folder, uid, gid, place] = words;
  if (!isOwnershipTask(task) || !folder || !place) throw new Error('owners: bad arguments');
  const rootfs = await open('.', O_PATH | constants.O_DIRECTORY);
  try {
    const person = { uid: Number(uid), gid: Number(gid) };
    const own = ids === 'mapped' ? await Ids.ofNamespace() : Ids.same;
    const result = await carryOut(task, rootfs, place, person, own, folder);
    return JSON.stringify({ result });
  } catch (error) {
    const { code, problem, remedy } = explained(error);
    return JSON.stringify({ code, problem, remedy });
  } finally {
    await rootfs.close();
  }
}

/** An unreadable folder ends the walk. @throws errors other than EACCES and EPERM */
function explained(error: unknown): TerrariumError {
  if (error instanceof TerrariumError) return error;
  if (!['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
  return new TerrariumError(
    'files-refused',
    `Not every folder of it may be looked into (${codeOf(error)}).`,
    filesNeedRoot,
    { cause: error },
  );
}

async function carryOut<T extends OwnershipTask>(
  task: T,
  rootfs: OpenFile,
  place: string,
  person: Owner,
  ids: Ids,
  folder: string,
): Promise<OwnershipResult<T>> {
  const result = await withPlace(rootfs, place, { ids, person }, async (job): Promise<unknown> => {
    if (task === 'look') return lookAtOwners(job);
    const record = await recordOf(job, folder);
    try {
      return task === 'take' ? await takeFiles(job, record) : await undoTake(job, record);
    } finally {
      await record.close();
    }
  });
  return results[task].parse(result) as OwnershipResult<T>;
}

/** Root's folder may be passed through, so that the editor sees which names there are; see `recordedBy`. */
function recordOf({ rootfs, ids }: Job, folder: string): Promise<OwnershipRecord> {
  const isRoot = process.geteuid!() === 0 && !ids.mapped;
  return OwnershipRecord.of(folder, rootfs, isRoot ? 0o711 : 0o700);
}

function parseSaid<T extends OwnershipTask>(task: T, said: string): OwnershipResult<T> {
  const line = said.trimEnd().split('\n').at(-1) ?? '';
  const answer = Said.parse(JSON.parse(line));
  if ('code' in answer) throw new TerrariumError(answer.code, answer.problem, answer.remedy);
  return results[task].parse(answer.result) as OwnershipResult<T>;
}
