/** Parses `/proc/PID/cgroup` (cgroups(7)). Called where a process's cgroups are looked for. */

export interface CgroupMembership {
  readonly version: 1 | 2;
  /** Those of a hierarchy of version 1; none in version 2. */
  readonly controllers: readonly string[];
  /** As the cgroup namespace of the reader has it: `/../above` outside it. */
  readonly path: string;
}

/** One entry per hierarchy; lines of another form are left out. */
export function parseCgroup(content: Buffer | string): CgroupMembership[] {
  return content
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, id, names = '', path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
      if (path === undefined) return [];
      const version = id === '0' && names === '' ? 2 : 1;
      return [{ version, controllers: names.split(',').filter(Boolean), path }];
    });
}

/** @returns undefined where version 2 is not in it */
export function unifiedPath(content: Buffer | string): string | undefined {
  return parseCgroup(content).find(({ version }) => version === 2)?.path;
}
