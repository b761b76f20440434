/**
 * A bundle's config.json against what the kernel says inside: configurations made at random, run with
 * the built-in engine and its exported script, and, the same bundles, with runc and crun. `expected` is our reading of the OCI
 * runtime-spec; where an engine differs from it the test fails and prints the configuration.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { OciConfig } from '../../src/core/config/schema';
import { parseLimits } from '../../src/core/procfs/parseLimits';
import { parseMountinfo } from '../../src/core/procfs/parseMountinfo';
import { seeded } from '../seed';
import { skipBecause } from '../skip';
import { hasAppArmor, parser, profile } from './appArmor';
import { cgroupMount } from './cgroups';
import {
  type MachineCan,
  type MachineDraw,
  changeMachine,
  foundOfMachine,
  machineDraws,
  machineScript,
  mapOwners,
  wantedOfMachine,
} from './machineDraws';
import { type TestPrivilege, Workplace, ended, usePlace } from './containers';
import { isInstalled, prefixFor } from './useEngine';

/** What is drawn; `bundleOf` makes a config.json of it. */
interface Draw {
  readonly namespaces: readonly ('uts' | 'ipc' | 'network' | 'cgroup' | 'user')[];
  readonly hostname: string;
  readonly domainname: string;
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly umask: number | undefined;
  readonly limits: Readonly<Record<string, readonly [number, number]>>;
  readonly bounding: readonly string[] | undefined;
  readonly inheritable: readonly number[];
  readonly noNewPrivileges: boolean | undefined;
  readonly oomScoreAdj: number | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly words: readonly string[];
  readonly readonlyRoot: boolean;
  readonly mounts: readonly {
    readonly destination: string;
    readonly type: string;
    readonly source: string;
    readonly options: readonly string[];
  }[];
  readonly masked: readonly string[];
  readonly fixed: readonly string[];
  readonly somaxconn: number | undefined;
  readonly shmmni: number | undefined;
  readonly ofMachine: MachineDraw;
  /** What runc 1.1 and crun 1.8 do not know; drawn for the built-in engine alone. */
  readonly newer: {
    readonly clocks: { readonly monotonic: number; readonly boottime: number } | undefined;
    readonly nice: number | undefined;
    readonly ioPriority: number | undefined;
    readonly isLinux32: boolean;
    readonly hasLayer: boolean;
  };
}

/** In the order of their bits (capabilities(7)). */
const capabilities =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW'
    .split(' ')
    .map((name) => `CAP_${name}`);

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((said) => !said.includes('\0'));
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
const flags = fc.subarray(['nosuid', 'nodev', 'noexec', 'ro']);
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const pair = (most: number) =>
  fc
    .tuple(fc.integer({ min: 64, max: most }), fc.integer({ min: 64, max: most }))
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);

const mount = fc.oneof(
  fc.record({
    destination: fc.constantFrom('/mnt/a', '/mnt/b', '/tmp', '/opt/deep/er'),
    options: fc
      .tuple(flags, fc.constantFrom([], ['size=1m'], ['mode=711']))
      .map((two) => two.flat()),
    type: fc.constant('tmpfs'),
    source: fc.constant('tmpfs'),
  }),
  fc.record({
    destination: fc.constantFrom('/mnt/c', '/srv'),
    options: flags.chain((some) => fc.constantFrom(['bind', ...some], ['rbind', ...some])),
    type: fc.constant('bind'),
    source: fc.constant('share'),
  }),
);

const draws: fc.Arbitrary<Draw> = fc.record({
  namespaces: fc.subarray(['uts', 'ipc', 'network', 'cgroup', 'user'] as const),
  hostname: name,
  domainname: name,
  uid: fc.constantFrom(0, 0, 1, 1000, 60_000),
  gid: fc.constantFrom(0, 0, 5, 1001),
  additionalGids: fc.subarray([4, 20, 60_001]),
  umask: optional(fc.constantFrom(0, 0o022, 0o077, 0o777)),
  limits: fc.record(
    {
      RLIMIT_NOFILE: pair(4000),
      RLIMIT_STACK: pair(8 * 1024 * 1024).map(([, hard]) => [2 ** 20, hard + 2 ** 20] as const),
      // sudo takes it down to 0, and only CAP_SYS_RESOURCE would bring it up again.
      RLIMIT_CORE: fc.constant([0, 0] as const),
      RLIMIT_MSGQUEUE: pair(800_000),
    },
    { requiredKeys: [] },
  ),
  bounding: optional(fc.subarray(capabilities)),
  inheritable: fc.subarray([0, 1, 2, 3, 4, 5]),
  noNewPrivileges: optional(fc.boolean()),
  oomScoreAdj: optional(fc.integer({ min: 0, max: 1000 })),
  env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), text, { maxKeys: 5 }),
  cwd: fc.constantFrom('/', '/etc', '/proc/self', '/usr/..', '/tmp', '/no/such', '/tmp/new'),
  words: fc.array(fc.oneof(text, fc.constantFrom('--', '-c', '')), { maxLength: 4 }),
  readonlyRoot: fc.boolean(),
  mounts: fc.uniqueArray(mount, { maxLength: 3, selector: ({ destination }) => destination }),
  masked: fc.subarray(['/proc/kcore', '/etc/group', '/var', '/no/such']),
  fixed: fc.subarray(['/proc/sys', '/proc/bus', '/root', '/etc/passwd', '/nor/this']),
  somaxconn: optional(fc.integer({ min: 128, max: 4096 })),
  shmmni: optional(fc.integer({ min: 1, max: 4096 })),
  ofMachine: machineDraws,
  newer: fc.record({
    clocks: optional(
      fc.record({
        monotonic: fc.integer({ min: 1, max: 100_000 }),
        boottime: fc.integer({ min: 1, max: 100_000 }),
      }),
    ),
    nice: optional(fc.integer({ min: 0, max: 19 })),
    ioPriority: optional(fc.integer({ min: 0, max: 7 })),
    isLinux32: fc.boolean(),
    hasLayer: fc.boolean(),
  }),
});

/** Sections, each after a line of its own: what the kernel says of PID 1. */
const script = `for file in status limits mountinfo environ cmdline oom_score_adj; do
  echo "@@$file"; cat /proc/1/$file
done
echo "@@cwd"; readlink /proc/1/cwd
echo "@@host"; hostname; cat /proc/sys/kernel/domainname
echo "@@namespaces"; for one in pid mnt uts ipc net cgroup user time; do readlink /proc/1/ns/$one; done
echo "@@clocks"; cat /proc/1/timens_offsets
echo "@@personality"; uname -m
echo "@@ioprio"; ionice -p 1
echo "@@nice"; cut -d' ' -f19 /proc/1/stat
echo "@@sysctl"; cat /proc/sys/net/core/somaxconn /proc/sys/kernel/shmmni
echo "@@masked"
for file in /proc/kcore /etc/group; do [ -c "$file" ] && echo "$file"; done
[ -e /var/lib ] || echo /var
${machineScript}
echo "@@end"`;

/** Nobody can make a folder in what is mounted read-only. */
function isMade({ cwd, mounts }: Draw): boolean {
  const isClosed = mounts.some((one) => one.destination === '/tmp' && one.options.includes('ro'));
  return !(cwd === '/tmp/new' && isClosed);
}

/** What no other engine here carries out. */
function changeNewer(config: OciConfig, { newer }: Draw, isScript: boolean): void {
  const { clocks, nice, ioPriority, isLinux32, hasLayer } = newer;
  const { process, linux } = config;
  if (clocks) {
    linux.namespaces.push({ type: 'time' });
    const offset = (secs: number) => ({ secs, nanosecs: 0 });
    linux.timeOffsets = {
      monotonic: offset(clocks.monotonic),
      boottime: offset(clocks.boottime),
    };
  }
  if (nice !== undefined) process.scheduler = { policy: 'SCHED_OTHER', nice };
  if (ioPriority !== undefined)
    process.ioPriority = { class: 'IOPRIO_CLASS_BE', priority: ioPriority };
  if (isLinux32) linux.personality = { domain: 'LINUX32' };
  // A script has no layer; it says so.
  if (hasLayer && !isScript) config.annotations = { 'dev.terrarium.overlay': 'true' };
}

function change(config: OciConfig, draw: Draw): void {
  const { process, linux } = config;
  const has = (type: Draw['namespaces'][number]) => draw.namespaces.includes(type);
  const inheritable = draw.bounding?.filter((_, index) => draw.inheritable.includes(index));
  config.process = {
    ...process,
    terminal: false,
    user: {
      ...{ uid: draw.uid, gid: draw.gid, additionalGids: [...draw.additionalGids] },
      ...(draw.umask === undefined ? {} : { umask: draw.umask }),
    },
    args: ['/bin/busybox', 'sh', '-c', script, ...draw.words],
    env: Object.entries({ ...draw.env, PATH: '/bin' }).map((entry) => entry.join('=')),
    cwd: isMade(draw) ? draw.cwd : '/tmp',
    rlimits: Object.entries(draw.limits).map(([type, [soft, hard]]) => ({ type, soft, hard })),
    ...(draw.bounding && {
      capabilities: {
        ...{ bounding: [...draw.bounding], permitted: [...draw.bounding] },
        ...{ effective: [...draw.bounding], inheritable: inheritable!, ambient: inheritable! },
      },
    }),
    ...(draw.noNewPrivileges === undefined ? {} : { noNewPrivileges: draw.noNewPrivileges }),
    ...(draw.oomScoreAdj === undefined ? {} : { oomScoreAdj: draw.oomScoreAdj }),
  };
  config.root.readonly = draw.readonlyRoot;
  delete config.hostname;
  if (has('uts')) Object.assign(config, { hostname: draw.hostname, domainname: draw.domainname });
  config.mounts = [
    ...config.mounts,
    ...draw.mounts.map((one) => ({ ...one, options: [...one.options] })),
  ];
  const types = ['pid', 'mount', ...draw.namespaces] as const;
  config.linux = {
    ...linux,
    namespaces: types.map((type) => ({ type })),
    maskedPaths: [...draw.masked],
    readonlyPaths: [...draw.fixed],
    sysctl: {
      ...(has('network') && draw.somaxconn ? { 'net.core.somaxconn': `${draw.somaxconn}` } : {}),
      ...(has('ipc') && draw.shmmni ? { 'kernel.shmmni': `${draw.shmmni}` } : {}),
    },
  };
}

type Facts = Record<string, unknown>;

/** @param listed what `namespaces` the container must have of its own */
function expected(config: OciConfig, listed: readonly string[]): Facts {
  const { process, linux, hostname, domainname } = config;
  const { user, rlimits = [], env, args, capabilities: sets } = process;
  const inherited = sets?.inheritable ?? [];
  const bits = (names: readonly string[]) =>
    names.reduce((sum, one) => sum | (1n << BigInt(capabilities.indexOf(one))), 0n).toString(16);
  // capabilities(7), "Transformation of capabilities during execve()".
  const gained = user.uid === 0 ? (sets?.bounding ?? []) : (sets?.ambient ?? []);
  return {
    ids: [user.uid, user.gid, [...(user.additionalGids ?? [])].sort((a, b) => a - b)],
    ...(sets && {
      caps: [
        bits(inherited),
        bits(gained),
        bits(gained),
        bits(sets.bounding ?? []),
        bits(sets.ambient ?? []),
      ],
    }),
    noNewPrivileges: process.noNewPrivileges ?? false,
    umask: user.umask ?? 0o022,
    limits: rlimits.map(({ type, soft, hard }) => [type, shown(soft), shown(hard)]),
    env: withHome(env, user.uid).sort(),
    args,
    ...(process.oomScoreAdj === undefined ? {} : { oomScoreAdj: process.oomScoreAdj }),
    cwd: process.cwd === '/proc/self' ? '/proc/1' : path.posix.normalize(process.cwd),
    ...(listed.includes('uts') ? { names: [hostname, domainname] } : {}),
    namespaces: listed,
    mounts: config.mounts
      .filter(({ destination }) => /^\/(mnt|tmp|opt|srv)/.test(destination))
      .map(({ destination, type, options = [] }) => [
        ...[destination, type === 'tmpfs'],
        options.filter((one) => /^(nosuid|nodev|noexec|ro)$/.test(one)).sort(),
      ])
      .sort(byFirst),
    readonlyRoot: config.root.readonly,
    sysctl: linux.sysctl,
    ...(linux.timeOffsets && {
      clocks: [linux.timeOffsets.monotonic?.secs, linux.timeOffsets.boottime?.secs],
    }),
    ...(process.scheduler && { nice: process.scheduler.nice }),
    ...(process.ioPriority && { ioPriority: process.ioPriority.priority }),
    ...(linux.personality && { isLinux32: true }),
    ...(config.annotations?.['dev.terrarium.overlay'] && { hasLayer: true }),
    ...wantedOfMachine(config, (id) => idInside(linux.uidMappings, id)),
    masked: linux.maskedPaths!.filter((one) => existsSync(one) || one === '/var').sort(),
    fixed: [...linux.readonlyPaths!].filter((one) => !/^\/nor/.test(one)).sort(),
  };
}

/** 65534 is who is not mapped (user_namespaces(7)). */
function idInside(mappings: OciConfig['linux']['uidMappings'], id: number): number {
  if (!mappings) return id;
  const range = mappings.find((one) => id >= one.hostID && id < one.hostID + one.size);
  return range ? range.containerID + id - range.hostID : 65_534;
}

function shown(limit: number): string {
  return limit >= 2 ** 63 ? 'unlimited' : String(limit);
}

/** /proc/PID/limits has names of its own. */
const limitNames: Record<string, string> = {
  RLIMIT_NOFILE: 'open files',
  RLIMIT_STACK: 'stack size',
  RLIMIT_CORE: 'core file size',
  RLIMIT_MSGQUEUE: 'msgqueue size',
};

function observed(config: OciConfig, output: string, want: Facts): Facts {
  const section = (title: string) =>
    output.split(`@@${title}\n`)[1]?.split(/@@[a-z_]+\n/)[0] ??
    assert.fail(`no ${title}: ${output}`);
  const status = (field: string) =>
    new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(section('status'))?.[1]?.trim() ?? '';
  const ids = (field: string) => {
    const all = new Set(status(field).split(/\s+/).map(Number));
    return all.size === 1 ? [...all][0] : [...all];
  };
  const limits = parseLimits(section('limits'));
  const mounts = parseMountinfo(section('mountinfo'));
  const at = (place: string) => mounts.findLast(({ mountPoint }) => mountPoint === place);
  const words = (title: string) => section(title).split('\0').slice(0, -1);
  const files = ['pid', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'user', 'time'];
  const types = ['pid', 'mount', 'uts', 'ipc', 'network', 'cgroup', 'user', 'time'];
  const links = section('namespaces').trim().split('\n');
  const [somaxconn, shmmni] = section('sysctl').trim().split('\n');
  const values: Record<string, string | undefined> = {
    'net.core.somaxconn': somaxconn,
    'kernel.shmmni': shmmni,
  };
  const [groups] = [status('Groups').split(/\s+/).filter(Boolean).map(Number)];
  return {
    ids: [ids('Uid'), ids('Gid'), groups.filter(Boolean).sort((a, b) => a - b)],
    ...(want.caps
      ? {
          caps: ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((set) =>
            BigInt(`0x${status(`Cap${set}`)}`).toString(16),
          ),
        }
      : {}),
    noNewPrivileges: status('NoNewPrivs') === '1',
    umask: parseInt(status('Umask'), 8),
    limits: (config.process.rlimits ?? []).map(({ type }) => {
      const found = limits.find((one) => one.name === limitNames[type]);
      return [type, found?.soft, found?.hard];
    }),
    env: words('environ').sort(),
    args: words('cmdline'),
    ...(want.oomScoreAdj === undefined ? {} : { oomScoreAdj: Number(section('oom_score_adj')) }),
    cwd: section('cwd').trim(),
    ...(want.names ? { names: section('host').trim().split('\n') } : {}),
    namespaces: types
      .filter((_, index) => links[index] !== readlinkSync(`/proc/self/ns/${files[index]}`))
      .sort(),
    mounts: config.mounts
      .filter(({ destination }) => /^\/(mnt|tmp|opt|srv)/.test(destination))
      .map(({ destination, options: asked = [] }) => {
        const found = at(destination);
        const set = found?.options.filter((one) => /^(nosuid|nodev|noexec|ro)$/.test(one)) ?? [];
        // A bind takes over flags that its source was mounted with: more than asked is no less.
        const own = asked.includes('bind') || asked.includes('rbind');
        return [
          ...[destination, found?.type === 'tmpfs' && !own],
          set.filter((one) => !own || asked.includes(one)).sort(),
        ];
      })
      .sort(byFirst),
    readonlyRoot: at('/')?.options.includes('ro'),
    sysctl: Object.fromEntries(
      Object.keys(config.linux.sysctl ?? {}).map((one) => [one, values[one]]),
    ),
    ...(want.clocks
      ? {
          clocks: section('clocks')
            .trim()
            .split('\n')
            .map((line) => Number(line.split(/\s+/)[1])),
        }
      : {}),
    ...(want.nice === undefined ? {} : { nice: Number(section('nice')) }),
    ...(want.ioPriority === undefined
      ? {}
      : { ioPriority: Number(/^best-effort: prio (\d)$/.exec(section('ioprio').trim())?.[1]) }),
    ...(want.isLinux32
      ? { isLinux32: /^(i686|armv[78]l)$/.test(section('personality').trim()) }
      : {}),
    ...(want.hasLayer ? { hasLayer: at('/')?.type === 'overlay' } : {}),
    ...foundOfMachine(section, want),
    masked: section('masked').split('\n').filter(Boolean).sort(),
    fixed: config.linux.readonlyPaths!.filter((one) => at(one)?.options.includes('ro')).sort(),
  };
}

function byFirst([one]: unknown[], [other]: unknown[]): number {
  return String(one) < String(other) ? -1 : 1;
}

describe('conformance', function () {
  this.timeout(300_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  afterEach(() => {
    place.prefix = [];
  });

  let isProfileLoaded = false;
  before(() => {
    isProfileLoaded = hasAppArmor && parser('--add').status === 0;
  });
  after(() => {
    if (isProfileLoaded) parser('--remove');
  });

  /** crun 1.8 raises its limit of locked memory for the program, which needs CAP_SYS_RESOURCE. */
  const hasFilter = (engine: string) =>
    cgroupMount() !== undefined &&
    (engine !== 'crun' || spawnSync('prlimit', ['--memlock=unlimited', 'true']).status === 0);

  /** What this machine and that engine have; devices cannot be made in a user namespace. */
  const can = (privilege: TestPrivilege, engine: string, { namespaces }: Draw): MachineCan => {
    const isRoot = privilege !== 'rootless' && engine !== 'script';
    const isMapped = namespaces.includes('user');
    return {
      devices: isRoot && !isMapped && hasFilter(engine),
      // runc drops them before 1.2. The ids of a user namespace under sudo are the person's to have.
      idMaps: isRoot && engine !== 'runc' && (privilege === 'root' || !isMapped),
      profile: isRoot && isProfileLoaded ? profile : undefined,
    };
  };

  it('has labels in these configurations', function () {
    if (!hasAppArmor) skipBecause(this, 'no AppArmor in this kernel');
    if (!isProfileLoaded) skipBecause(this, 'no apparmor_parser that loads a profile here');
  });

  it('has device filters in these configurations', function () {
    if (cgroupMount() === undefined) skipBecause(this, 'no cgroup v2 here');
  });

  const engines: [TestPrivilege, 'script' | 'program' | 'runc' | 'crun', number][] = [
    ['root', 'script', 12],
    ['sudo', 'script', 6],
    ['rootless', 'script', 8],
    ['root', 'program', 12],
    ['sudo', 'program', 6],
    ['rootless', 'program', 8],
    ['root', 'runc', 8],
    ['rootless', 'runc', 4],
    ['root', 'crun', 4],
    ['rootless', 'crun', 3],
  ];
  it('starts what “runc spec --rootless” makes, rootless', async function () {
    if (!isInstalled('runc')) skipBecause(this, 'no runc here');
    const bundle = await place.bundle('rootless');
    rmSync(path.join(bundle, 'config.json'));
    const made = place.startProgram('rootless', [
      ...['runc', 'spec', '--rootless', '--bundle', bundle],
    ]);
    assert.equal((await ended(made)).code, 0);
    const script = 'id -u; grep -c . /proc/self/gid_map; cat /proc/self/setgroups; touch /x';
    const { stdout, stderr } = await place.run('rootless', bundle, ['/bin/sh', '-c', script]);
    assert.equal(stdout, '0\n1\ndeny\n', stderr);
    assert.match(stderr, /Read-only file system/);
  });

  for (const [privilege, engine, runs] of engines)
    it(`is what config.json says (${engine}, ${privilege})`, async function () {
      const isBuiltin = engine === 'script' || engine === 'program';
      if (!isBuiltin && !isInstalled(engine)) skipBecause(this, `no ${engine} here`);
      place.prefix = await prefixFor(engine);
      await fc.assert(
        fc.asyncProperty(draws, async (draw) => {
          let config!: OciConfig;
          const bundle = await place.bundle(privilege, 'notes', (one) => {
            change(one, draw);
            if (privilege === 'root' && draw.namespaces.includes('user')) mapAll(one);
            if (isBuiltin) changeNewer(one, draw, engine === 'script');
            else one.annotations = { 'dev.terrarium.engine': engine };
            // "cannot set any additional groups in a rootless container"
            if (engine === 'runc' && privilege === 'rootless') one.process.user.additionalGids = [];
            changeMachine(one, draw.ofMachine, can(privilege, engine, draw));
            config = structuredClone(one);
          });
          prepare(place, privilege, bundle, draw.namespaces.includes('user'));
          if (mapOwners(config, bundle))
            writeFileSync(path.join(bundle, 'config.json'), JSON.stringify(config));
          const { code, stdout, stderr } =
            engine === 'script'
              ? await place.runScript(privilege, bundle)
              : await place.run(privilege, bundle);
          assert.equal(code, 0, stderr);
          const listed = new Set<string>(config.linux.namespaces.map(({ type }) => type));
          if (privilege === 'rootless') listed.add('user');
          const want = expected(config, [...listed].sort());
          const found = observed(config, stdout, want);
          if (!isBuiltin) forgive(found, want, engine);
          assert.deepEqual(found, want);
        }),
        { ...seeded(`${engine}, ${privilege}`, runs), endOnFailure: true },
      );
    });
});

/**
 * What they do in their own way. runc knows no domainname before 1.2, and without root it leaves the person's own
 * groups on PID 1, which nobody maps. crun gives no HOME to a user whom the rootfs's etc/passwd does not have, and a bind
 * in a user namespace may lack an option.
 */
function forgive(found: Facts, want: Facts, engine: 'runc' | 'crun'): void {
  if (engine === 'crun')
    want.mounts = (want.mounts as [string, boolean, string[]][]).map((one, index) => {
      const [place, isTmpfs, options] = (found.mounts as (typeof one)[])[index] ?? one;
      const isLess = !isTmpfs && place === one[0] && options.every((word) => one[2].includes(word));
      return isLess ? [place, isTmpfs, options] : one;
    });
  const [names, wanted] = [found.names, want.names] as (string[] | undefined)[];
  if (names?.[1] === '(none)') found.names = [names[0], wanted![1]];
  const [env, wantedEnv] = [found.env, want.env] as [string[], string[]];
  if (!env.some((one) => one.startsWith('HOME=')))
    want.env = wantedEnv.filter((one) => one !== 'HOME=/');
  const [uid, gid, groups] = found.ids as [number, number, number[]];
  found.ids = [uid, gid, groups.filter((one) => one !== 65534)];
}

/** Of the etc/passwd that `scaffold` writes, where the file has none. */
function withHome(env: readonly string[], uid: number): string[] {
  const isSet = env.some((one) => one.startsWith('HOME='));
  return isSet ? [...env] : [...env, `HOME=${uid === 0 ? '/root' : '/'}`];
}

/** Root itself rarely has a range of subordinate ids, but may map any. */
function mapAll({ linux }: OciConfig): void {
  const range = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  Object.assign(linux, { uidMappings: range, gidMappings: range });
}

/** Places for the mounts, where a mapped root could not make them. */
function prepare(
  place: Workplace,
  privilege: TestPrivilege,
  bundle: string,
  mapped: boolean,
): void {
  for (const folder of [
    'share',
    ...['mnt/a', 'mnt/b', 'mnt/c', 'opt/deep/er', 'srv', 'var/lib', 'root', 'tmp'].map(
      (one) => `rootfs/${one}`,
    ),
  ])
    mkdirSync(path.join(bundle, folder), { recursive: true });
  chmodSync(path.join(bundle, 'rootfs/root'), 0o755);
  if (privilege !== 'root') place.give(path.dirname(bundle));
  else if (mapped) spawnSync('chown', ['-R', '-h', '100000:100000', bundle]);
}
