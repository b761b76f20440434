/** Answers the requests for single files of a rootfs. Called by handlers.ts. */
import type { Bundle } from '../../core/bundle/loadBundle';
import { messageOf } from '../../core/errors';
import type { FolderKind } from '../../protocol/container';
import type { rootfsFileRequests } from '../../protocol/rootfsFiles';
import {
  listFolder,
  makeFolder,
  readFile,
  removeFile,
  renameFile,
  statFile,
  writeFile,
} from '../files/rootfsFiles';
import { refreshOverlay } from '../layer/layerTool';
import type { ContainerRegistry } from './ContainerRegistry';
import type { Handlers, RpcClient } from './RpcClient';

export function rootfsFileHandlers(
  registry: ContainerRegistry,
): Pick<Handlers, keyof typeof rootfsFileRequests> {
  async function change<T>(
    { bundle: folder, kind }: { readonly bundle: string; readonly kind: FolderKind },
    what: string,
    { allowed }: Pick<RpcClient, 'allowed'>,
    task: (bundle: Bundle) => Promise<T>,
  ): Promise<T> {
    const bundle = await registry.open(folder, kind, allowed);
    registry.requireNotBusy(bundle.path);
    const result = await registry.journal.during(bundle.name, what, () => task(bundle));
    const info = registry.infoOf(bundle.path);
    // A container on a layer is to see the new file: it remembers the old one.
    if (info?.layer && info.state === 'running' && info.hostPid !== undefined)
      await refreshOverlay(bundle, info.hostPid).catch((error: unknown) =>
        registry.journal.note('warn', `${bundle.name}: ${messageOf(error)}`),
      );
    return result;
  }

  return {
    statRootfsFile: async ({ bundle, kind, path }, { allowed }) =>
      statFile(await registry.open(bundle, kind, allowed), path),
    readRootfsFile: async ({ bundle, kind, path }, { allowed }) => {
      const opened = await registry.open(bundle, kind, allowed);
      const { stat, content } = await readFile(opened, path);
      return { stat, base64: content.toString('base64') };
    },
    listRootfsFolder: async ({ bundle, kind, path }, { allowed }) => ({
      entries: await listFolder(await registry.open(bundle, kind, allowed), path),
    }),
    writeRootfsFile: ({ base64, expected, breakLinks, ...place }, client) => {
      const content = Buffer.from(base64, 'base64');
      return change(place, `write ${place.path} in its rootfs`, client, (bundle) =>
        writeFile(bundle, place.path, { content, expected, breakLinks }),
      );
    },
    makeRootfsFolder: async (place, client) => {
      await change(place, `mkdir ${place.path} in its rootfs`, client, (bundle) =>
        makeFolder(bundle, place.path),
      );
      return {};
    },
    removeRootfsFile: async ({ recursive, ...place }, client) => {
      await change(place, `remove ${place.path} in its rootfs`, client, (bundle) =>
        removeFile(bundle, place.path, recursive),
      );
      return {};
    },
    renameRootfsFile: async ({ to, overwrite, ...place }, client) => {
      await change(place, `rename ${place.path} to ${to} in its rootfs`, client, (bundle) =>
        renameFile(bundle, place.path, to, overwrite),
      );
      return {};
    },
  };
}
