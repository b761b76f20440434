/** Answers the requests for baselines, each by `helper.js baseline`. Called by handlers.ts. */
import path from 'node:path';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import {
  BaselineChanges,
  BaselineProgress,
  BaselineReport,
  BaselineSide,
  type baselineRequests,
} from '../../protocol/baseline';
import type { ContainerRegistry } from './ContainerRegistry';
import type { Handlers, RpcClient } from './RpcClient';
import { commandFor } from './commandFor';

export function baselineHandlers(
  registry: ContainerRegistry,
): Pick<Handlers, keyof typeof baselineRequests> {
  async function run(
    client: RpcClient,
    token: CancellationToken,
    [task, folder, ...paths]: readonly [string, string, ...string[]],
    { options = [], onLine }: { options?: string[]; onLine?: (line: string) => void } = {},
  ): Promise<string> {
    const bundle = await registry.open(folder, 'bundle', client.allowed);
    const places = paths.map((one) => `/${one}`);
    const words = ['baseline', task, ...options, '--bundle', bundle.path, ...places] as const;
    return commandFor(client, words, token, {
      ...{ code: 'baseline', failed: `The baseline of ${bundle.name} could not be used` },
      cancelled: ['It was cancelled.', 'The baseline is what it was before.'],
      ...(onLine && { onLine }),
    });
  }

  return {
    markBaseline: async ({ bundle, id }, client, token) => {
      const onLine = (line: string) => {
        const { data } = BaselineProgress.safeParse(JSON.parse(line));
        if (data) client.notify('baselineProgress', { id, ...data });
      };
      const during = { options: ['--progress'], onLine };
      const said = await registry.journal.during(
        path.basename(bundle),
        'take a baseline of its rootfs',
        () => run(client, token, ['mark', bundle], during),
      );
      return BaselineReport.parse(JSON.parse(said));
    },
    baselineChanges: async ({ bundle, paths }, client, token) => {
      const options = { options: ['--json'] };
      const said = await run(client, token, ['changes', bundle, ...paths], options);
      return BaselineChanges.parse(JSON.parse(said));
    },
    baselineSide: async ({ bundle, path: file }, client, token) =>
      BaselineSide.parse(JSON.parse(await run(client, token, ['show', bundle, file]))),
    forgetBaseline: async ({ bundle }, client, token) => {
      await registry.journal.during(
        path.basename(bundle),
        'forget the baseline of its rootfs',
        () => run(client, token, ['forget', bundle]),
      );
      return {};
    },
  };
}
