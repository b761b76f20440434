/** The system calls by which a process becomes what it is to be (identity.c, privileges.c, schedule.c). For systemCalls.ts. */
import { schedulingFlags } from '../config/scheduling';
import { type NamespaceType, namespaceTypes } from '../config/namespaceTypes';
import { capabilityNames } from '../procfs/capabilities';
import { limitWords } from './programOperation';
import type { StepOf } from './step';
import { type Trace, flagsText, listText, quoted } from './straceText';
import type { CallFacts } from './systemCalls';

/** By their bits, as strace has them; CLONE_NEWTIME stands before the others. */
export function namespaceFlags(types: readonly NamespaceType[]): string[] {
  const bit = (type: NamespaceType) => namespaceTypes[type].clone;
  return [...types]
    .sort((a, b) => bit(a) - bit(b))
    .map((type) => `CLONE_NEW${cloneNames[type] ?? type.toUpperCase()}`);
}

const cloneNames: Partial<Record<NamespaceType, string>> = { mount: 'NS', network: 'NET' };

export function joinCalls(trace: Trace, { paths }: StepOf<'join'>): void {
  for (const [type, path] of paths) {
    const found = trace.openHost(path, 'O_RDONLY|O_CLOEXEC|O_PATH');
    const opened = trace.openHost(`/proc/self/fd/${found}`, 'O_RDONLY|O_CLOEXEC');
    trace.close(found);
    trace.add(`setns(${opened}, ${flagsText(namespaceFlags([type]))})`);
    trace.close(opened);
  }
}

export function cloneCalls(trace: Trace, step: StepOf<'unshare'>, facts: CallFacts): void {
  const { pid, cgroup, hasStage, moves, later, own } = facts;
  const types = step.types.filter(
    (type) => type !== 'cgroup' && !(type === 'time' && later.offsets !== undefined),
  );
  const flags = [
    ...(hasStage ? ['CLONE_PARENT'] : []),
    ...namespaceFlags(types),
    ...(cgroup === undefined ? [] : ['CLONE_INTO_CGROUP']),
  ];
  const ends = `exit_signal=${hasStage ? '0' : 'SIGCHLD'}, stack=NULL, stack_size=0`;
  const into =
    cgroup === undefined
      ? ''
      : `, cgroup=${trace.openHost(cgroup, 'O_RDONLY|O_CLOEXEC|O_PATH|O_DIRECTORY')}`;
  trace.add(`clone3({flags=${flagsText(flags)}, ${ends}${into}}, 88)`, pid);
  if (step.mapRootUser && own) {
    trace.write(`/proc/${pid}/setgroups`, 'deny');
    trace.write(`/proc/${pid}/uid_map`, `0 ${own.uid} 1`);
    trace.write(`/proc/${pid}/gid_map`, `0 ${own.gid} 1`);
  }
  // Once it is in its cgroup.
  if (later.cgroup && !moves) leaveCgroups(trace);
}

export function leaveCgroups(trace: Trace): void {
  trace.add('unshare(CLONE_NEWCGROUP)');
}

/** By unshare(1), whose child is PID 1. */
export function unshareByHand(trace: Trace, step: StepOf<'unshare'>, { pid }: CallFacts): void {
  trace.add(`unshare(${flagsText(namespaceFlags(step.types))})`);
  trace.add('clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD)', pid);
  trace.add('mount("none", "/", NULL, MS_REC|MS_PRIVATE, NULL)');
  if (step.mountsProc)
    trace.add('mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)');
  const shell = step.shell ?? 'sh';
  trace.add(`execve(${quoted(`/bin/${shell}`)}, ${listText([shell])}, [/* variables */])`);
}

export function setsidCalls(trace: Trace, step: StepOf<'setsid'>, { session }: CallFacts): void {
  trace.add('setsid()', session);
  if (step.takesTerminal) trace.add('ioctl(0, TIOCSCTTY, 0)');
}

export function switchUserCalls(trace: Trace, { uid, gid }: StepOf<'switchUser'>): void {
  trace.add('setgroups(0, NULL)');
  trace.add(`setresgid(${gid}, ${gid}, ${gid})`);
  trace.add(`setresuid(${uid}, ${uid}, ${uid})`);
}

export function idMapCalls(
  trace: Trace,
  { tool, mappings }: StepOf<'idMap'>,
  { pid }: CallFacts,
): void {
  const numbers = mappings.flatMap((one) => [one.containerID, one.hostID, one.size]);
  trace.add(
    `execve(${quoted(tool)}, ${listText([tool, pid, ...numbers.map(String)])}, [/* 0 vars */])`,
  );
}

export function schedulerCalls(trace: Trace, { scheduler }: StepOf<'scheduler'>): void {
  const { policy, nice = 0, priority = 0, flags = [], runtime, deadline, period } = scheduler;
  const known = schedulingFlags.filter((flag) => (flags as readonly string[]).includes(flag));
  const times = Object.entries({ runtime, deadline, period }).map(
    ([name, value]) => `sched_${name}=${BigInt(value ?? 0)}`,
  );
  const fields = [
    `size=48, sched_policy=${policy}, sched_flags=${flagsText(known)}`,
    `sched_nice=${nice}, sched_priority=${priority}`,
  ];
  trace.add(`sched_setattr(0, {${[...fields, ...times].join(', ')}}, 0)`);
}

export function ioPriorityCalls(trace: Trace, { ioPriority }: StepOf<'ioPriority'>): void {
  const { class: name, priority = 4 } = ioPriority;
  const data = name === 'IOPRIO_CLASS_IDLE' ? 0 : priority;
  trace.add(`ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(${name}, ${data}))`);
}

export function personalityCalls(
  trace: Trace,
  { personality: { domain } }: StepOf<'personality'>,
): void {
  trace.add(`personality(PER_${domain})`, '0 (PER_LINUX)');
}

export function limitCalls(trace: Trace, { limits }: StepOf<'rlimits'>): void {
  const words = limitWords(limits);
  for (const [index, { type }] of limits.entries()) {
    const [soft, hard] = words.slice(index * 3 + 1, index * 3 + 3).map(limitText);
    trace.add(`prlimit64(0, ${type}, {rlim_cur=${soft}, rlim_max=${hard}}, NULL)`);
  }
}

/** Whole KiB above the first as a product. */
function limitText(word: string): string {
  const value = BigInt(word);
  if (value === 2n ** 64n - 1n) return 'RLIM64_INFINITY';
  return value > 1024n && value % 1024n === 0n ? `${value / 1024n}*1024` : word;
}

export function dropPrivilegesCalls(
  trace: Trace,
  { privileges }: StepOf<'dropPrivileges'>,
  { bounding: had }: CallFacts,
): void {
  const { bounding, inheritable = [], ambient = [], user, groups, noNewPrivileges } = privileges;
  if (groups !== undefined && groups !== 'keep') {
    const ids = groups === 'none' ? [] : groups;
    trace.add(`setgroups(${ids.length}, [${ids.join(', ')}])`);
  }
  for (const name of bounding ? had : [])
    if (!bounding!.includes(name)) trace.add(`prctl(PR_CAPBSET_DROP, ${name})`);
  if (bounding) trace.add('prctl(PR_SET_KEEPCAPS, 1)');
  if (user) {
    trace.add(`setresgid(${user.gid}, ${user.gid}, ${user.gid})`);
    trace.add(`setresuid(${user.uid}, ${user.uid}, ${user.uid})`);
  }
  if (bounding) {
    const isRoot = user === undefined || user.uid === 0;
    const permitted = isRoot ? bounding : [...inheritable, ...ambient];
    const sets = [
      `effective=${capabilities(isRoot ? permitted : ambient, had)}`,
      `permitted=${capabilities(permitted, had)}`,
      `inheritable=${capabilities(inheritable)}`,
    ];
    trace.add(`capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {${sets.join(', ')}})`);
    for (const name of inOrder(ambient))
      trace.add(`prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, ${name}, 0, 0)`);
    trace.add('prctl(PR_SET_KEEPCAPS, 0)');
  }
  if (noNewPrivileges) trace.add('prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)');
  trace.add('prctl(PR_SET_PDEATHSIG, SIGKILL)');
}

/** @param had none that the process does not have can become permitted */
function capabilities(names: readonly string[], had?: readonly string[]): string {
  return flagsText(
    inOrder(names)
      .filter((name) => !had || had.includes(name))
      .map((name) => `1<<${name}`),
  );
}

/** By their numbers, each once; others than the known are left out. */
function inOrder(names: readonly string[]): string[] {
  return capabilityNames.map((name) => `CAP_${name}`).filter((name) => names.includes(name));
}

export function filterCalls(trace: Trace, { flags, program }: StepOf<'filter'>): void {
  const count = program.length / 16;
  trace.add(`seccomp(SECCOMP_SET_MODE_FILTER, ${flags}, {len=${count}, filter=[/* ${count} */]})`);
}

export function deviceFilterCalls(trace: Trace, step: StepOf<'deviceFilter'>): void {
  const { folder, program, replaces } = step;
  const cgroup = trace.openHost(folder, 'O_RDONLY|O_CLOEXEC|O_DIRECTORY');
  const loaded = trace.opens(
    `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=${program.length / 16}, ...})`,
  );
  const flags = replaces ? '0' : 'BPF_F_ALLOW_MULTI';
  trace.add(
    `bpf(BPF_PROG_ATTACH, {target_fd=${cgroup}, attach_bpf_fd=${loaded}, attach_type=BPF_CGROUP_DEVICE, attach_flags=${flags}})`,
  );
  trace.close(loaded);
  trace.close(cgroup);
}

export function executeCalls(trace: Trace, step: StepOf<'execute'>, facts: CallFacts): void {
  if (step.chroot !== undefined) trace.add(`chroot(${quoted(step.chroot)})`).add('chdir("/")');
  const [program = ''] = step.args;
  const variables = `[/* ${facts.variables} vars */]`;
  trace.add(`execve(${quoted(program)}, ${listText(step.args)}, ${variables})`);
}
