/** Where a step mounts. Used by the plan, and by whoever checks what is mounted in the end. */
import path from 'node:path';
import { deviceBindOptions } from './mountOptions';
import type { MountOperation } from './operation';
import type { Step, StepOf } from './step';

/** The folder that a name is to be entered by, and the name there as a step has it. */
export function inParent(place: string): { readonly cwd: string; readonly name: string } {
  return { cwd: path.posix.dirname(place), name: `./${path.posix.basename(place)}` };
}

/** The binds that it stands for. */
export function bindsOf({
  folder,
  names,
}: Pick<StepOf<'bindEach'>, 'folder' | 'names'>): MountOperation[] {
  return names.map((name) => ({
    kind: 'bind',
    source: `${folder}/${name}`,
    name: `./${name}`,
    options: deviceBindOptions,
  }));
}

/** @returns absolute places as seen in the container; none for a step that mounts nothing */
export function mountTargets(step: Step): string[] {
  const inFolder = (name: string) => path.posix.join('/', step.cwd ?? '/', name);
  switch (step.kind) {
    case 'bindEach':
      return step.names.map(inFolder);
    case 'mount':
    case 'bind':
    case 'remount':
    case 'propagation':
      // Without a folder it is a place of the host's.
      return step.cwd === undefined ? [] : [inFolder(step.name).replace(/(?<=.)\/$/, '')];
    default:
      return [];
  }
}
