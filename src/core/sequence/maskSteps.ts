/** Masked and read-only paths. Used by `rootfsSteps`. */
import path from 'node:path';
import { isOwnPlace, topmostMountAt } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import type { StartWay } from '../config/startWay';
import { TerrariumError } from '../errors';
import { withFlags } from './mountFlags';
import { deviceBindOptions } from './mountOptions';
import { inParent } from './mountTargets';
import type { Operation } from './operation';
import type { Step } from './step';

/**
 * linux.maskedPaths and linux.readonlyPaths; what is not there needs neither.
 * @param way in a script each is two where somebody else could swap a name between them
 * @param flagsAt those of the mount that a place lies on
 * @throws TerrariumError `masked-root`
 */
export function maskSteps(
  config: OciConfig,
  way: StartWay,
  flagsAt: (place: string) => string[],
): Step[] {
  const isOwn = (cwd: string) => way === 'program' || isOwnPlace(config.mounts, cwd);
  const { maskedPaths = [], readonlyPaths = [] } = config.linux;
  return [
    ...inGroup('masks', maskedPaths, (file) => [
      ...onFile(isOwn, file, `mask:${file}`, `Hide ${file}`, '/dev/null', deviceBindOptions),
      onFolder(isOwn, file, (name) => ({
        id: `mask-folder:${file}`,
        ...{ kind: 'mount', type: 'tmpfs', source: 'tmpfs', name, options: ['ro', 'size=4k'] },
        why: `Hide the folder ${file}`,
      })),
    ]),
    // What lies below, masks too, stays in sight of a recursive bind alone.
    ...inGroup('readOnlyPaths', readonlyPaths, (file) => {
      const id = `readonly:${file}`;
      const readOnly = readOnlyOptions(config, file, flagsAt);
      const why = `Make ${file} read-only`;
      const folder = `${id}:if-directory`;
      const bind = (name: string, options: readonly string[]) =>
        ({ kind: 'bind', recursive: true, source: name, name, options }) as const;
      return [
        ...onFile(isOwn, file, `${id}:if-file`, why, undefined, readOnly),
        ...(isOwn(parentOf(file).cwd)
          ? [onFolder(isOwn, file, (name) => ({ id: folder, ...bind(name, readOnly), why }))]
          : [
              onFolder(isOwn, file, (name) => ({
                ...{ id: folder, ...bind(name, []), why: `${why}: a mount of its own` },
              })),
              onFolder(isOwn, file, (name) => ({
                ...{ id: `${folder}:flags`, kind: 'remount', name, options: readOnly, why },
              })),
            ]),
      ];
    }),
  ];
}

function inGroup(
  group: NonNullable<Step['group']>,
  files: readonly string[],
  stepsOf: (file: string) => Step[],
): Step[] {
  return files.flatMap(stepsOf).map((step) => ({ ...step, group }));
}

/** In what the kernel itself shows there is nothing to be run; elsewhere there may be. */
function readOnlyOptions(
  config: OciConfig,
  file: string,
  flagsAt: (place: string) => string[],
): string[] {
  const shown = /^(proc|sysfs|cgroup2?)$/.test(topmostMountAt(config, file)?.type ?? '');
  const kept = shown ? ['nosuid', 'noexec', 'nodev'] : flagsAt(file);
  return withFlags(['ro'], kept);
}

function parentOf(file: string): { readonly cwd: string; readonly name: string } {
  const place = path.posix.resolve('/', file);
  if (place === '/') {
    throw new TerrariumError(
      'masked-root',
      'linux.maskedPaths or readonlyPaths in config.json names the root itself.',
      'Name places below it, or set root.readonly.',
    );
  }
  return inParent(place);
}

/** @param source undefined for the file itself */
function onFile(
  isOwn: (folder: string) => boolean,
  file: string,
  id: string,
  why: string,
  source: string | undefined,
  options: readonly string[],
): Step[] {
  const { cwd, name } = parentOf(file);
  const common = { where: 'namespaces', cwd, guard: `if-file:${name.slice(2)}` } as const;
  const bind = { ...common, id, kind: 'bind', source: source ?? name, name, why } as const;
  if (isOwn(cwd)) return [{ ...bind, options }];
  return [
    { ...bind, pinned: true, options: [] },
    {
      ...{ ...common, id: `${id}:flags`, kind: 'remount', name, options },
      why: `${why}: its options`,
    },
  ];
}

/** In the folder itself where somebody else could swap its name. */
function onFolder(
  isOwnFolder: (folder: string) => boolean,
  file: string,
  on: (name: string) => Operation & Pick<Step, 'id' | 'why'>,
): Step {
  const { cwd, name } = parentOf(file);
  const isOwn = isOwnFolder(cwd);
  return {
    ...on(isOwn ? name : '.'),
    where: 'namespaces',
    ...(isOwn
      ? { cwd, guard: `if-directory:${name.slice(2)}` }
      : { cwd: path.posix.join(cwd, name), guard: 'if-directory:.' }),
  };
}
