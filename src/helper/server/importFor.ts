/** An import that a client asks for, in a process of its own. Called by handlers.ts. */
import { spawn } from 'node:child_process';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { rootfsBelowWords } from '../../core/bundle/rootfsOf';
import { TerrariumError } from '../../core/errors';
import { followImport } from '../../core/image/followProgress';
import { folderOfContainer, isContainer } from '../../core/image/containerSource';
import { importWords } from '../../core/image/importWords';
import type { ImportReport } from '../../protocol/imports';
import type { Params } from '../../protocol/messages';
import { hostEnvironment } from '../host/hostTools';
import { commandOf } from '../host/runHelper';
import { withoutStreams } from '../host/withoutStreams';
import type { StartedFrom } from './ContainerRegistry';
import type { RpcClient } from './RpcClient';
import { wantedBy } from './wantedBy';

/** Whose the bundle is, and where a lesson's shell is at home. */
const passed = ['SUDO_UID', 'SUDO_GID', 'HOME', 'TMPDIR'];

/** @throws TerrariumError those of the import, `import-cancelled` */
export async function importFor(
  client: RpcClient,
  { id, ...wish }: Params<'import'>,
  token: CancellationToken,
  startedFrom: (bundle: string) => StartedFrom | undefined,
): Promise<ImportReport> {
  const reason = new TerrariumError(
    'import-cancelled',
    'The import was cancelled.',
    'Nothing was left behind.',
  );
  return wantedBy(client, token, reason, async (signal) => {
    const below = isContainer(wish.source) ? rootfsBelowWords(client.allowed?.folders ?? []) : [];
    const started = isContainer(wish.source) && startedFrom(folderOfContainer(wish.source));
    const [program, ...words] = commandOf(
      started
        ? importWords(
            { ...wish, layer: started.layer },
            ...['--callers-rights', ...below, '--vouched', started.rootfs],
          )
        : importWords(wish, '--callers-rights', ...below),
    );
    const env = Object.fromEntries(
      passed.flatMap((name) =>
        process.env[name] === undefined ? [] : [[name, process.env[name]]],
      ),
    );
    const child = spawn(program, words, {
      ...{ cwd: '/', env: { ...hostEnvironment, ...env } },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const missing = withoutStreams(child);
    if (missing) return await missing;
    return await followImport(child, {
      ...{ source: wish.source, signal },
      onProgress: (progress) => client.notify('importProgress', { id, ...progress }),
    });
  });
}
