/** What PID 1 sets up before it gives up its privileges: mounts, devices, masks, names. Used by `planStart`. */
import type { Bundle } from '../bundle/loadBundle';
import type { OciConfig } from '../config/schema';
import type { StartWay } from '../config/startWay';
import { deviceSteps } from './deviceSteps';
import type { HostFacts } from './hostFacts';
import { loopbackSteps } from './loopback';
import { maskSteps } from './maskSteps';
import { flagsAt, withFlags } from './mountFlags';
import type { Shells } from './mountSources';
import { mountSteps } from './mountSteps';
import { nameSteps } from './nameSteps';
import { ownDeviceSteps } from './ownDeviceSteps';
import { type Step, readonlyShell } from './step';
import { sysctlSteps } from './sysctlSteps';

/** What `planStart` has found out by then. */
export interface RootfsPlan {
  readonly way: StartWay;
  /** Types of the namespaces that this start makes; of those that it joins none. */
  readonly created: ReadonlySet<string>;
  readonly hasUsers: boolean;
  /** The shell in which PID 1 waits has to be bash. */
  readonly needsBash: boolean;
}

/** @returns the steps one after another, in the order of the file */
export function rootfsSteps(
  bundle: Bundle,
  facts: HostFacts,
  { way, created, hasUsers, needsBash }: RootfsPlan,
): Step[] {
  const { config } = bundle;
  const { process } = config;
  return [
    ...(process.oomScoreAdj === undefined
      ? []
      : [
          {
            id: 'oom',
            where: 'namespaces' as const,
            ...{
              kind: 'write' as const,
              text: String(process.oomScoreAdj),
              file: '/proc/self/oom_score_adj',
            },
            why: 'Set how early the kernel kills it when memory runs out (OOM score)',
          },
        ]),
    ...(way === 'program' ? [] : shellSteps(facts, needsBash ? 'bash' : 'sh')),
    {
      id: 'bind-rootfs',
      where: 'namespaces',
      ...{ kind: 'bind', source: '.', name: '.', options: [] },
      cwd: '/',
      why: 'Bind the rootfs to itself: pivot_root(2) needs a mount point',
    },
    ...mountSteps(bundle, facts, way),
    ...deviceSteps(config, {
      makesDevices:
        (way === 'program' ? facts.mayMakeDevices : facts.makesDevices) === true && !hasUsers,
      hasDeviceLinks: way === 'script' && facts.hasDeviceLinks === true,
      console: process.terminal === true ? facts.tty : undefined,
    }),
    ...ownDeviceSteps(config, facts, hasUsers),
    ...(facts.missingCwd === undefined ? [] : [cwdStep(facts.missingCwd)]),
    ...maskSteps(config, way, (place) => flagsAt(bundle, place, facts.flags)),
    ...(config.root?.readonly
      ? [
          {
            id: 'readonly-root',
            where: 'namespaces' as const,
            ...{
              kind: 'remount' as const,
              name: '.',
              options: readOnly(facts, bundle.rootfs),
            },
            cwd: '/',
            why: 'Make the root read-only',
          },
        ]
      : []),
    ...propagationSteps(config),
    ...nameSteps(config, created, hasUsers, way),
    ...loopbackSteps(facts, created, way),
    ...sysctlSteps(config, created),
  ];
}

/**
 * PID 1 waits as the machine's shell, and what it executes first may be that very file, by way of
 * /proc/self/exe (CVE-2019-5736).
 */
function shellSteps(facts: HostFacts, name: keyof Shells): Step[] {
  const shell = facts.shells?.[name];
  if (shell === undefined) return [];
  return [
    {
      id: readonlyShell,
      where: 'namespaces',
      ...{ kind: 'bind', source: shell, name: shell, options: readOnly(facts, shell) },
      why: 'Bind the shell in which PID 1 waits read-only, so that the container cannot write to its file',
    },
  ];
}

/** Of something of the host's, with what its mount has already. */
function readOnly({ flags }: HostFacts, file: string): string[] {
  return withFlags(['ro'], flags.get(file));
}

/** Before anything becomes read-only: the root, or a folder of readonlyPaths. */
function cwdStep(place: string): Step {
  return {
    id: 'cwd',
    where: 'namespaces',
    kind: 'createFolder',
    cwd: place,
    guard: 'unless-link',
    why: 'Make the working directory of PID 1, where it is missing',
  };
}

/** Mounts of the container are private to it from the start: only what narrows that is left to do. */
function propagationSteps(config: OciConfig): Step[] {
  const wanted = config.linux.rootfsPropagation;
  if (wanted === undefined || !/^r?(private|unbindable)$/.test(wanted)) return [];
  return [
    {
      id: 'rootfs-propagation',
      where: 'namespaces',
      ...{ kind: 'propagation', name: '.', changes: [wanted] },
      cwd: '/',
      why: `Make the root ${wanted}: its mounts do not propagate`,
    },
  ];
}
