/**
 * The container's cgroup: made, limited and entered before the namespaces are made, so that every limit
 * holds from PID 1's first instruction on and a cgroup namespace begins at it. Used by `planStart`.
 */
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import { type CgroupFacts, levelsOf } from '../cgroup/cgroupFacts';
import { compileDeviceFilter } from '../cgroup/deviceFilter';
import { limitsOf } from './cgroupLimits';
import { runtimeOf } from '../config/engine';
import { isCgroupMount } from '../config/mountKinds';
import { isUnitName } from '../config/cgroupsPath';
import { mayMount } from '../config/boundingSet';
import { isSystemInit } from '../config/systemInit';
import type { OciConfig } from '../config/schema';
import { type StartWay, startWay } from '../config/startWay';
import { TerrariumError } from '../errors';
import { inDelegatedCgroup } from '../text/remedies';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { CgroupPlan, Step } from './step';

/** Holds the cgroups of containers whose path does not begin with a slash. */
const parentOfRelative = 'terrarium';

/** Whether config.json asks for one. */
export function wantsCgroup(
  config: OciConfig,
  privilege: 'root' | 'rootless',
  way: StartWay = startWay(config),
): boolean {
  return wantsForOthers(config) || filtersDevices(config, privilege, way);
}

/** For something else than a filter of devices. */
function wantsForOthers(config: OciConfig): boolean {
  return namesPlace(config) || limitsOf(config).length > 0 || seesCgroups(config);
}

/** As `unsupported` has it; runc and crun filter by themselves. */
function filtersDevices(config: OciConfig, privilege: 'root' | 'rootless', way: StartWay): boolean {
  const isAsked = (config.linux.resources?.devices?.length ?? 0) > 0;
  return isAsked && privilege === 'root' && way === 'program' && runtimeOf(config) === undefined;
}

function namesPlace({ linux: { cgroupsPath } }: OciConfig): boolean {
  return cgroupsPath !== undefined && !isUnitName(cgroupsPath);
}

/**
 * The root of a cgroup namespace is the cgroup in which it was made (cgroup_namespaces(7)). Where one
 * can be mounted inside, the helper's own and all below it would be there to read, to move processes
 * between, and to kill in. An init such as systemd mounts them itself, and makes cgroups below the one it
 * is in: these go with the container where that one is the container's own.
 */
function seesCgroups(config: OciConfig): boolean {
  const { linux, mounts } = config;
  const isNew = linux.namespaces.some(({ type, path }) => type === 'cgroup' && path === undefined);
  const sees = mayMount(config) || mounts.some(isCgroupMount);
  return sees && (isNew || isSystemInit(config));
}

/** @returns its path in the tree, of one that is wanted */
export function cgroupPlace(config: OciConfig, base: string, name: string): string {
  const { cgroupsPath } = config.linux;
  if (cgroupsPath === undefined || isUnitName(cgroupsPath)) return `${base}/${name}`;
  if (cgroupsPath.startsWith('/')) return cgroupsPath;
  return `${base}/${parentOfRelative}/${cgroupsPath}`;
}

/**
 * @returns undefined where none is wanted, or only a place and that cannot be had; a sentence says so
 * @throws TerrariumError where a limit could not be held: `cgroup-v2-missing`, `cgroup-delegation`,
 *   `cgroup-controller`, `cgroup-busy`; `cgroup-place`, `cgroup-not-empty` for the place itself
 */
export function planCgroup(
  { config, name }: Pick<Bundle, 'config' | 'name'>,
  facts: CgroupFacts,
  way: StartWay = 'program',
  privilege: 'root' | 'rootless' = 'root',
): CgroupPlan | { readonly warnings: readonly string[] } | undefined {
  if (!wantsCgroup(config, privilege, way)) return undefined;
  const limits = limitsOf(config, way);
  const wantsFilter = filtersDevices(config, privilege, way);
  const filters = wantsFilter && facts.ofNamespace !== true;
  const warnings = filters === wantsFilter ? [] : [ofNamespace];
  if (!filters && !wantsForOthers(config)) return { warnings };
  const shown = escapeControlCharacters(name);
  const { mount, base, there } = facts;
  if (mount === undefined || base === undefined) {
    const error =
      mount === undefined
        ? missing(shown)
        : facts.readOnly
          ? readOnlyTree(shown, mount)
          : notDelegated(shown);
    const mountsOne = config.mounts.some(({ type }) => type === 'cgroup2');
    if (limits.length > 0 || (mount === undefined && mountsOne)) throw error;
    // None of those that it only sees is the person's.
    const lost = [
      ...(namesPlace(config) ? ['linux.cgroupsPath'] : []),
      ...(filters ? ['linux.resources.devices'] : []),
    ];
    if (lost.length === 0) return undefined;
    return {
      warnings: lost.map((key) => `${key} is not carried out: ${reasonOf(error)} ${error.remedy}`),
    };
  }
  const place = cgroupPlace(config, base, facts.name);
  if (place !== base && !place.startsWith(`${base}/`)) {
    throw new TerrariumError(
      'cgroup-place',
      `“${shown}” wants the cgroup ${place}, and only what is below ${base} is yours.`,
      'Give a linux.cgroupsPath without a leading slash, or start the container with sudo.',
    );
  }
  const levels = levelsOf(base, place);
  const own = there.get(place);
  if (own?.populated) throw cgroupNotEmpty(name, place);
  // cgroup.max.* belongs to none of them: every cgroup has it.
  const controllers = new Set(
    limits.map(({ file }) => file.split('.')[0]!).filter((one) => one !== 'cgroup'),
  );
  requireControllers(shown, controllers, levels, facts);
  const folder = path.posix.join(mount, place);
  const shared = `${base}/${parentOfRelative}`;
  const isOurs = (level: string) =>
    level !== place && (level === shared || level.startsWith(`${shared}/`));
  const made = levels
    .filter((level) => !there.has(level) || isOurs(level))
    .map((one) => path.posix.join(mount, one));
  const writes = limits.map(({ file, value, why }): Step => ({
    // One write for each disk.
    id: `cgroup:${file}${/^\d+:\d+ /.test(value) ? `:${value.split(' ')[0]}` : ''}`,
    where: 'host',
    group: 'limits',
    ...{ kind: 'write', text: value, file: `${folder}/${file}` },
    why,
  }));
  // The program is not in it: PID 1 is born there (clone(2), CLONE_INTO_CGROUP).
  const isLast = ({ id }: Step) => way === 'script' && /^cgroup:(pids\.max|cpu\.max.*)$/.test(id);
  return {
    mount,
    folder,
    isThere: own !== undefined,
    ...(warnings.length > 0 ? { warnings } : {}),
    made,
    steps: [
      ...levels.flatMap((level) => levelSteps(level, place, mount, controllers, there)),
      ...writes.filter((step) => !isLast(step)),
      ...(filters ? [deviceFilterStep(config, folder, own !== undefined)] : []),
      {
        id: 'enter-cgroup',
        where: 'host',
        ...{ kind: 'write', text: '0', file: `${folder}/cgroup.procs` },
        why: 'Move into the cgroup: 0 stands for the process that writes, and child processes start there too',
      },
    ],
    last: writes.filter(isLast),
  };
}

/** @param isThere an earlier start has left its filter at the cgroup, as it has its limits */
function deviceFilterStep({ linux }: OciConfig, folder: string, isThere: boolean): Step {
  return {
    id: 'device-filter',
    where: 'host',
    ...{ kind: 'deviceFilter', folder, replaces: isThere },
    program: compileDeviceFilter(linux.resources?.devices ?? []),
    why: 'Filter which devices may be opened',
  };
}

const ofNamespace =
  'linux.resources.devices is not carried out: the helper is root of a user namespace, and root of the machine alone may load a BPF program that filters devices.';

/** Its limits would hold for them too. */
export function cgroupNotEmpty(name: string, place: string): TerrariumError {
  return new TerrariumError(
    'cgroup-not-empty',
    `“${escapeControlCharacters(name)}” wants the cgroup ${escapeControlCharacters(place)}, and there are processes in it already.`,
    'Give it a linux.cgroupsPath of its own, or stop what runs there.',
  );
}

function levelSteps(
  level: string,
  place: string,
  mount: string,
  controllers: ReadonlySet<string>,
  there: CgroupFacts['there'],
): Step[] {
  const folder = path.posix.join(mount, level);
  const known = there.get(level);
  const missing = [...controllers].filter((one) => !known?.enabled.includes(one));
  const steps: Step[] = [];
  if (!known)
    steps.push({
      id: `make-cgroup:${level}`,
      where: 'host',
      group: 'cgroup',
      ...{ kind: 'mkdir', folder },
      why: level === place ? 'Create its cgroup' : 'Create a cgroup above its own',
    });
  if (level !== place && missing.length > 0)
    steps.push({
      id: `controllers:${level || '/'}`,
      where: 'host',
      group: 'cgroup',
      ...{
        kind: 'write',
        text: missing.map((one) => `+${one}`).join(' '),
        file: path.posix.join(folder, 'cgroup.subtree_control'),
      },
      why: `Enable controllers for the cgroups below ${level || 'the root of the tree'}`,
    });
  return steps;
}

/** A controller comes down from above, and not past a cgroup with processes of its own. */
function requireControllers(
  name: string,
  controllers: ReadonlySet<string>,
  levels: readonly string[],
  { layout, there }: CgroupFacts,
): void {
  for (const level of levels.slice(0, -1)) {
    const known = there.get(level);
    if (!known) return; // made by us, with what those above it give
    for (const controller of controllers) {
      if (!known.controllers.includes(controller)) {
        throw new TerrariumError(
          'cgroup-controller',
          `“${name}” has a limit of “${controller}”, and ${level || 'cgroup v2 of this machine'} has no such controller${layout === 'hybrid' ? ': it is in version 1' : ''}.`,
          layout === 'hybrid'
            ? 'Boot with systemd.unified_cgroup_hierarchy=1, set dev.terrarium.engine to "runc", or remove that limit from linux.resources.'
            : `Have it delegated (systemd: Delegate=${controller}), start the container with sudo, or remove that limit from linux.resources.`,
        );
      }
      // The root of the tree alone may have both.
      if (!known.enabled.includes(controller) && known.processes && level !== '') {
        throw new TerrariumError(
          'cgroup-busy',
          `“${name}” has a limit of “${controller}”, which cannot be handed on by ${level}: there are processes in that cgroup itself.`,
          `Start it from a cgroup below that one: ${inDelegatedCgroup}.`,
        );
      }
    }
  }
}

function missing(name: string): TerrariumError {
  return new TerrariumError(
    'cgroup-v2-missing',
    `“${name}” wants a cgroup, and this machine mounts no cgroup v2.`,
    'Boot with systemd.unified_cgroup_hierarchy=1, set dev.terrarium.engine to "runc", or remove linux.resources.',
  );
}

function notDelegated(name: string): TerrariumError {
  return new TerrariumError(
    'cgroup-delegation',
    `“${name}” needs a cgroup of its own (linux.resources or linux.cgroupsPath), and may have none: no cgroup that the helper runs in belongs to you.`,
    `Start the container with sudo, or have one delegated: ${inDelegatedCgroup}.`,
  );
}

function readOnlyTree(name: string, mount: string): TerrariumError {
  return new TerrariumError(
    'cgroup-read-only',
    `“${name}” needs a cgroup of its own (linux.resources or linux.cgroupsPath), and ${escapeControlCharacters(mount)} is mounted read-only here.`,
    'Remove linux.resources and linux.cgroupsPath, or start it where cgroups can be made: a container of Docker has them with --privileged.',
  );
}

function reasonOf({ code }: TerrariumError): string {
  if (code === 'cgroup-read-only') return 'the cgroups here are mounted read-only.';
  return code === 'cgroup-delegation'
    ? 'no cgroup that the helper runs in belongs to you.'
    : 'this machine mounts no cgroup v2.';
}
