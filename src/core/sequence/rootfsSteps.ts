/** What PID 1 sets up before it gives up its privileges: mounts, devices, masks, names. Used by `planStart`. */
import type { Bundle } from '../bundle/loadBundle';
import type { OciConfig } from '../config/schema';
import { isOnLayer } from '../config/scratchLayer';
import type { StartWay } from '../config/startWay';
import { deviceSteps } from './deviceSteps';
import { emulationSteps } from './emulationSteps';
import type { HostFacts, Shells } from './hostFacts';
import { labelSteps, withMountLabel } from './labelSteps';
import { loopbackSteps } from './loopback';
import { maskSteps } from './maskSteps';
import { flagsAt, withFlags } from './mountFlags';
import { mountSteps } from './mountSteps';
import { nameSteps } from './nameSteps';
import { overlayStep } from './overlayStep';
import { ownDeviceSteps } from './ownDeviceSteps';
import { readOnlyLater, readOnlySteps } from './readOnlyLater';
import { type Step, readonlyShell } from './step';
import { sysctlSteps } from './sysctlSteps';
import type { Mappings } from './userNamespace';

/** Id of the step that says which mounts travel to and from the root. */
export const rootfsPropagation = 'rootfs-propagation';

/** What `planStart` has found out by then. */
export interface RootfsPlan {
  readonly way: StartWay;
  /** Types of the namespaces that this start makes; of those that it joins none. */
  readonly created: ReadonlySet<string>;
  /** Of the user namespace, where there is one. */
  readonly users?: Pick<Mappings, 'uid' | 'gid'>;
  /** The shell in which PID 1 waits has to be bash. */
  readonly needsBash: boolean;
}

/** @returns the steps one after another, in the order of the file */
export function rootfsSteps(
  bundle: Bundle,
  facts: HostFacts,
  { way, created, users, needsBash }: RootfsPlan,
): Step[] {
  const hasUsers = users !== undefined;
  const { config } = bundle;
  const { process } = config;
  const later = readOnlyLater(config, facts.missingCwd);
  const console = process.terminal === true ? facts.tty : undefined;
  const oom = oomSteps(config);
  const modules = facts.securityModules ?? [];
  const steps: Step[] = [
    ...(way === 'program' ? [] : [...oom, ...shellSteps(facts, needsBash ? 'bash' : 'sh')]),
    isOnLayer(config)
      ? overlayStep(bundle, facts.flags)
      : {
          id: 'bind-rootfs',
          where: 'namespaces',
          ...{ kind: 'bind', source: '.', name: '.', options: [] },
          cwd: '/',
          why: 'Bind the rootfs to itself: pivot_root(2) needs a mount point',
        },
    ...mountSteps(bundle, facts, way, later, users),
    ...emulationSteps(facts),
    ...deviceSteps(config, {
      makesDevices:
        (way === 'program' ? facts.mayMakeDevices : facts.makesDevices) === true && !hasUsers,
      hasDeviceLinks: way === 'script' && facts.hasDeviceLinks === true,
      console,
    }),
    ...ownDeviceSteps(config, facts, hasUsers, console !== undefined),
    ...(facts.missingCwd === undefined ? [] : [cwdStep(facts.missingCwd)]),
    ...readOnlySteps(config, later),
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
    ...propagationSteps(config, way),
    ...nameSteps(config, created, hasUsers, way),
    ...loopbackSteps(facts, created, way),
    ...sysctlSteps(config, created),
    ...(way === 'program' ? [...oom, ...labelSteps(config, modules)] : []),
  ];
  return withMountLabel(steps, config, modules);
}

function oomSteps({ process: { oomScoreAdj } }: OciConfig): Step[] {
  if (oomScoreAdj === undefined) return [];
  return [
    {
      id: 'oom',
      where: 'namespaces',
      ...{ kind: 'write', text: String(oomScoreAdj), file: '/proc/self/oom_score_adj' },
      why: 'Set how early the kernel kills it when memory runs out (OOM score)',
    },
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

/**
 * In a script, mounts of the container are private to it from the start: only what narrows that is left to do.
 * pivot_root(2) takes no shared root: that waits (sharedRootSteps).
 */
function propagationSteps(config: OciConfig, way: StartWay): Step[] {
  const wanted = config.linux.rootfsPropagation;
  const known = way === 'program' ? /^r?(private|unbindable|slave)$/ : /^r?(private|unbindable)$/;
  if (wanted === undefined || !known.test(wanted)) return [];
  return [
    propagationStep(
      wanted,
      wanted.endsWith('slave')
        ? 'what this machine mounts below the rootfs appears inside, and nothing goes the other way'
        : 'its mounts do not propagate',
    ),
  ];
}

/** Once the root has been switched, for terrarium-init: a peer group of the container's own. */
export function sharedRootSteps({ linux: { rootfsPropagation: wanted } }: OciConfig): Step[] {
  return wanted?.endsWith('shared')
    ? [
        propagationStep(
          wanted,
          'containers in it have its mounts, and this machine has none of them',
        ),
      ]
    : [];
}

function propagationStep(wanted: string, what: string): Step {
  return {
    id: rootfsPropagation,
    where: 'namespaces',
    ...{ kind: 'propagation', name: '.', changes: [wanted] },
    cwd: '/',
    why: `Make the root ${wanted}: ${what}`,
  };
}
