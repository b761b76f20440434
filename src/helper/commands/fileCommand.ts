/** `helper.js file`: one file of a rootfs, resolved inside it, with the rights of the caller. */
import { loadBundleOrFolder } from '../../core/bundle/loadBundleOrFolder';
import type { AllowedFolders } from '../../core/bundle/rootfsOf';
import { maxFileBytes } from '../../protocol/rootfsFiles';
import {
  countFiles,
  listFolder,
  makeFolder,
  readFile,
  removeFile,
  renameFile,
  statFile,
  writeFile,
} from '../files/rootfsFiles';
import type { FileCall } from './fileCall';

/**
 * @param allowed where a rootfs may lie outside of its bundle
 * @returns what is printed: JSON, or of `read` the file's bytes
 */
export async function fileCommand(
  call: FileCall,
  allowed?: AllowedFolders,
): Promise<string | Uint8Array> {
  const { task, folder, kind, path, breakLinks } = call;
  const bundle = await loadBundleOrFolder(folder, kind, allowed);
  switch (task) {
    case 'stat':
      return json(await statFile(bundle, path));
    case 'list':
      return json(await listFolder(bundle, path));
    case 'count':
      return json(await countFiles(bundle, path, call.most));
    case 'read':
      return (await readFile(bundle, path)).content;
    case 'write': {
      const content = await standardInput();
      return json(await writeFile(bundle, path, { content, expected: 'any', breakLinks }));
    }
    case 'mkdir':
      await makeFolder(bundle, path);
      return '';
    case 'remove':
      await removeFile(bundle, path, call.recursive);
      return '';
    case 'rename':
      await renameFile(bundle, path, call.to, false);
      return '';
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** One byte more than is written says that it is too much. */
async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((length += chunk.length) > maxFileBytes) break;
  }
  return Buffer.concat(chunks);
}
