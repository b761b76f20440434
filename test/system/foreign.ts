/** Bundles whose BusyBox is for another processor, from Debian's packages, and their processes. */
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { OciConfig } from '../../src/core/config/schema';
import type { ProcessInfo } from '../../src/protocol/processes';
import { ensureUnpacked } from '../host/index.mjs';
import type { TestPrivilege, Workplace } from './containers';
import type { Client } from './serving';
import { sh } from './trees';

/** @param architecture in Debian's names @throws where its package cannot be had */
export async function foreignBusybox(architecture: string): Promise<string> {
  const folder = await ensureUnpacked('busybox-static', architecture);
  const found = sh('ls bin/busybox usr/bin/busybox 2>/dev/null || :', folder).split('\n', 1)[0]!;
  return path.join(folder, found);
}

/** A fresh bundle with that BusyBox in place of the machine's. */
export async function bundleWith(
  place: Workplace,
  busybox: string,
  privilege: TestPrivilege,
  point: 'notes' | 'safe',
  change: (config: OciConfig) => void,
): Promise<string> {
  const bundle = await place.bundle(privilege, point, change);
  const program = path.join(bundle, 'rootfs/bin/busybox');
  rmSync(program);
  copyFileSync(busybox, program);
  if (privilege !== 'root') place.give(bundle);
  return bundle;
}

/** The processes of a container, as soon as these command lines are among them. */
export async function treeWith(
  client: Client,
  id: string,
  lines: readonly string[],
): Promise<ProcessInfo[]> {
  const known = new Map<string, ProcessInfo>();
  const all = client.next('processes', ({ upserted, removed }) => {
    for (const one of upserted) known.set(one.key, one);
    for (const key of removed) known.delete(key);
    const shown = [...known.values()].map(({ commandLine }) => commandLine);
    return lines.every((line) => shown.includes(line));
  });
  await client.rpc.request('watchProcesses', { id, on: true });
  await all;
  return [...known.values()];
}
