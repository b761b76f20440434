/** Inspects a process, and finds its files in the workspace. Called by commands and documents about processes. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ProcessInspection } from '../../protocol/inspection';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { type RootfsLocation, placeInRootfs } from '../model/placeInRootfs';
import type { ContainerStore } from './ContainerStore';
import type { Helpers } from './Helpers';
import type { ProcessTarget } from '../model/rows';

/** The services that an inspection needs. */
interface Sources {
  readonly helpers: Helpers;
  readonly containers: ContainerStore;
}

export interface ProcessAddress {
  readonly containerId: string;
  readonly pid: number;
  readonly startTime: string;
  /** Whether to read the environment too: it may hold secrets. */
  readonly environment: boolean;
}

export interface InspectedProcess {
  readonly found: ProcessInspection;
  /** Name of its container. */
  readonly container: string;
  /** Path of the rootfs in the workspace. */
  readonly rootfs: string;
}

/** @throws TerrariumError those of `inspect` */
export function inspectedProcess(
  sources: Sources,
  { info, process: { pid, startTime } }: ProcessTarget,
): Promise<InspectedProcess> {
  return inspect(sources, { containerId: info.id, pid, startTime, environment: false });
}

/** @throws TerrariumError `container-unknown`, those of the helper */
export async function inspect(
  { helpers, containers }: Sources,
  { containerId: id, pid, startTime, environment }: ProcessAddress,
): Promise<InspectedProcess> {
  const container = containers.byId(id);
  if (!container?.info) {
    throw new TerrariumError(
      'container-unknown',
      vscode.l10n.t('The container of this process is gone.'),
      vscode.l10n.t('Start it again.'),
    );
  }
  const found = await helpers
    .of(container.info)
    .request('inspectProcess', { id, pid, startTime, environment });
  return { found, container: container.name, rootfs: container.rootfs };
}

/**
 * @param inside a path that the kernel reported for the process
 * @returns the file in the workspace: below the rootfs, symbolic links followed
 * @throws TerrariumError `not-in-rootfs`
 */
export async function pathInRootfs(
  process: InspectedProcess,
  inside: string | undefined,
): Promise<string> {
  const place = await locationOf(process, inside);
  if (place.is === 'in the rootfs') return place.file;
  throw new TerrariumError(
    'not-in-rootfs',
    ...explainPlace(place, escapeControlCharacters(inside ?? '')),
  );
}

/** As `placeInRootfs`, with the path of the file in the workspace. */
export async function locationOf(
  { found, rootfs }: InspectedProcess,
  inside: string | undefined,
): Promise<RootfsLocation> {
  const real = await realpath(rootfs);
  const place = await placeInRootfs(found, real, inside);
  if (place.is !== 'in the rootfs') return place;
  return { ...place, file: path.join(rootfs, path.relative(real, place.file)) };
}

/** Why the file is not in the rootfs. @param inside escaped */
export function explainPlace(
  place: Exclude<RootfsLocation, { is: 'in the rootfs' }>,
  inside: string,
): [problem: string, remedy: string] {
  const { t } = vscode.l10n;
  switch (place.is) {
    case 'untold':
      return [
        t('The kernel does not tell it for this process.'),
        t('A zombie has none; others may be out of the helper’s reach.'),
      ];
    case 'outside':
      return [
        t('{0} is a file of this machine, not of the rootfs.', inside),
        t('The process had it open before it changed its root by chroot.'),
      ];
    case 'elsewhere':
      return [
        t('This process has mounts of its own, where {0} can be anything.', inside),
        t('“Inspect Process” lists them.'),
      ];
    case 'mounted': {
      const [source, type, at] = [place.mount.source, place.mount.type, place.mount.place];
      return [
        t(
          '{0} does not lie in the rootfs: {1} ({2}) is mounted at {3}.',
          ...[inside, source, type, at].map(escapeControlCharacters),
        ),
        t('“Open Shell Here” shows it from inside.'),
      ];
    }
    case 'deleted':
      return [
        t('{0}: it was removed or replaced since the process opened it.', inside),
        t('The process goes on with the old one.'),
      ];
    case 'missing':
      return [
        t('{0} is not in the rootfs any more.', inside),
        t('The process goes on with what it has open.'),
      ];
  }
}
