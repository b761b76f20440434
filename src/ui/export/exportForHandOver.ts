/**
 * Exports a container to a file that is there only until the program that takes over has read it: in the storage of
 * the extension, since a folder in memory may be too small. Called by "Push…" and "Apply…" of a container.
 */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { refuseAmbiguous } from '../../core/bundle/folderKind';
import { imageNameFor, imageNameText } from '../../core/image/imageName';
import type { ExportFormat } from '../../protocol/exportFormats';
import type { ExportReport } from '../../protocol/exports';
import { pickWithConfig } from '../pick/pickContainer';
import { promptImageName } from '../pick/promptImageName';
import type { Services } from '../services/Services';
import { exportTo } from './exportContainer';

export interface HandedOver {
  /** Of the choice of a container. */
  readonly title: string;
  /** Asks for the name of the image. */
  readonly prompt: string;
  readonly format: ExportFormat;
  readonly suffix: string;
}

/** What a window that was closed meanwhile has left is older, in milliseconds. */
const oldAfter = 24 * 60 * 60_000;

/**
 * @param target as for `pickContainer`
 * @param handOver returns when the program has ended
 * @throws CancellationError, those of `pickContainer`, `exportTo` and `handOver`; no file is left then either
 */
export async function exportForHandOver(
  services: Services,
  target: unknown,
  { title, prompt, format, suffix }: HandedOver,
  handOver: (report: ExportReport, image: string) => Promise<void>,
): Promise<void> {
  const { name, bundle } = await pickWithConfig(services, target, title);
  await refuseAmbiguous(bundle);
  const image = await promptImageName(prompt, imageNameText(imageNameFor(name)));
  const folders = path.join(services.context.globalStorageUri.fsPath, 'handed-over');
  await mkdir(folders, { recursive: true, mode: 0o700 });
  await removeOld(folders);
  const folder = await mkdtemp(path.join(folders, 'one-'));
  try {
    const wanted = { name, bundle, format, image, replace: false, reproducible: false };
    const file = path.join(folder, `${fileName(name)}${suffix}`);
    await handOver(await exportTo(services, { ...wanted, target: file }), image);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** It is part of a command line of other programs, and for people. */
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
}

async function removeOld(folders: string): Promise<void> {
  for (const name of await readdir(folders)) {
    const folder = path.join(folders, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > oldAfter) await rm(folder, { recursive: true, force: true });
  }
}
