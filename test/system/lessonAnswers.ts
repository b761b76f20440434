/** What each lesson that comes along says, compared with what its cells printed and changed. Used by `lessonsAlong.test.ts`. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { LessonPrivilege } from '../../src/core/lesson/lessonFor';
import type { CellRun } from './runLesson';

export interface LessonContext {
  readonly privilege: LessonPrivilege;
  /** Where it ran. */
  readonly folder: string;
  /** Who root in its namespaces is outside. */
  readonly outside: number;
  /** Who runs it. */
  readonly user: number;
}

type Check = (runs: readonly CellRun[], context: LessonContext) => void;

/** The cell that types this; the last of several. */
function typing(runs: readonly CellRun[], pattern: RegExp): CellRun {
  const found = runs.findLast(({ typed }) => pattern.test(typed));
  assert.ok(found, `a cell types ${pattern}`);
  return found;
}

/** A row of the evidence. */
function row({ evidence }: CellRun, what: string): string {
  const found = evidence.split('\n').find((line) => line.startsWith(`${what}: `));
  assert.ok(found, `${what} in\n${evidence}`);
  return found;
}

const isNothing = ({ evidence }: CellRun) =>
  assert.match(evidence, /^None of this is different for the process in front/);

/** Types of the namespaces that are not the machine's; the user namespace comes by itself where that is what makes root. */
function assertOwn({ after }: CellRun, { privilege }: LessonContext, ...types: string[]): void {
  const own = after.namespaces.filter(({ isHosts }) => !isHosts).map(({ type }) => type);
  const expected = privilege === 'rootless' ? [...types, 'user'] : types;
  assert.deepEqual(own.sort(), expected.sort());
}

const outsidePid1 = () => readFileSync('/proc/1/comm', 'utf8').trim();
/** Lines of `ps`, without its heading and without itself. */
const processes = (output: string) =>
  output.split('\n').filter((line) => /^ *\d+ /.test(line) && !/ps -/.test(line));

export const lessonAnswers: Readonly<Record<string, Check>> = {
  'a-container-in-five-steps': (runs, context) => {
    const [files, bash, named, mounted, sh, looked, , end] = runs as [...CellRun[]] & { length: 8 };
    isNothing(files!);
    assertOwn(bash!, context, 'pid', 'mnt', 'uts', 'ipc');
    assert.equal(bash!.after.pids.at(-1), 1);
    assert.notEqual(bash!.after.pids[0], 1);
    assert.equal(bash!.after.uid.outside, context.outside);
    assert.equal(named!.output, 'box\n');
    assert.notEqual(hostname(), 'box');
    assert.equal(mounted!.after.mounts!.total, bash!.after.mounts!.total + 1, 'one line more');
    assert.doesNotMatch(readFileSync('/proc/self/mountinfo', 'utf8'), new RegExp(context.folder));
    assert.deepEqual(sh!.after.namespaces, bash!.after.namespaces);
    assert.equal(sh!.after.root?.path, path.join(context.folder, 'box'));
    assert.equal(sh!.after.parent.pid, bash!.after.pid);
    assert.match(row(sh!, 'root directory'), /The rest is still mounted/);
    assert.match(looked!.output, /^\S*bin\S* +\S*proc/);
    assert.equal(looked!.output.match(/^ *\d+ 0 /gm)?.length, 3, 'two shells and ps');
    assert.deepEqual(end!.after.namespaces, files!.after.namespaces);
    assert.equal(end!.after.pid, files!.after.pid);
  },

  'leave-out-fork': (runs, context) => {
    const [bash, child, failed, end] = runs as [CellRun, CellRun, CellRun, CellRun];
    assertOwn(bash, context);
    assert.match(row(bash, 'PID namespace of its children'), /That is what --fork is for/);
    assert.equal(child.output, `bash is ${bash.after.pid}\nits first child is 1\n`);
    assert.match(failed.output, /fork: Cannot allocate memory/);
    isNothing(failed);
    assert.match(row(end, 'PID namespace of its children'), /another one → its own/);
  },

  'what-ps-reads': (runs, context) => {
    const bash = typing(runs, /unshare/);
    assertOwn(bash, context, 'pid', 'mnt');
    assert.doesNotMatch(bash.evidence, /^\/proc: /m);
    const without = typing(runs, /^echo/);
    assert.match(without.output, new RegExp(`^I am 1\n.*\n +1 ${outsidePid1()}\n`));
    const own = typing(runs, /^mount -t proc proc \/proc/);
    assert.match(own.output, /^ +1 bash$/m);
    assert.match(row(own, '/proc'), /→ 1 process/);
    assert.match(row(own, 'mounts'), /New: proc on \/proc\./);
    const heading = typing(runs, /^chroot/);
    assert.equal(heading.output.match(/\n/g)?.length, 1, 'a heading');
    const second = typing(runs, /^mount -t proc proc box/);
    assert.equal(processes(second.output).length, 2, 'bash and ps');
    assert.match(row(second, 'mounts'), /New: proc on .*box\/proc\./);
  },

  'whose-hostname': (runs, context) => {
    assert.equal(runs[0]!.output, `${hostname()}\n`);
    assertOwn(runs[1]!, context, 'uts');
    assert.equal(runs[2]!.output, 'box\n');
    assert.match(row(runs[2]!, 'hostname'), /the machine has kept its own/);
    assert.equal(runs[3]!.output, `exit\n${hostname()}\n`);
    if (context.privilege === 'rootless') assert.match(runs[4]!.output, /you must be root/);
    assert.equal(runs.length, context.privilege === 'rootless' ? 5 : 4);
  },

  'a-mount-that-does-not-leak': (runs, context) => {
    const [bash, mounted, left, leaking, end] = runs as [CellRun, ...CellRun[]];
    assertOwn(bash, context, 'mnt');
    assert.equal(mounted!.output, 'inside\n');
    assert.match(row(mounted!, 'mounts'), /New: tmpfs on .*\/shelf\./);
    assert.equal(left!.output, 'exit\ninner\n');
    assert.match(row(left!, 'mounts'), /No longer there: tmpfs on .*\/shelf\./);
    assert.match(leaking!.output, /tmpfs leak\n$/);
    assert.match(row(leaking!, 'mounts'), /New: .*, tmpfs on .*\/shelf\/inner\. Shared: .*\/shelf/);
    assert.match(end!.output, /not on the machine\n$/);
  },

  'root-inside-who-outside': (runs, { privilege, user }) => {
    const may = 'may read it\n';
    const mayNot = 'may not read it\n';
    assert.equal(runs[0]!.output, `${user}\n${user === 0 ? may : mayNot}`);
    const looks = runs.filter(({ typed }) => /uid_map/.test(typed));
    if (privilege === 'rootless') assert.match(runs[1]!.output, /Operation not permitted/);
    else assert.match(looks.shift()!.output, /^0\n +0 +0 +4294967295\nmay read it\n$/);
    const outside = privilege === 'root' ? 65534 : user;
    const inside = looks.shift()!;
    assert.match(inside.output, new RegExp(`^0\n +0 +${outside} +1\n${mayNot}$`));
    assert.deepEqual(inside.after.uid, { inside: 0, outside });
    const entered = typing(runs, /map-root-user/);
    assert.match(
      row(entered, 'user inside · outside'),
      new RegExp(`user ${outside} of the machine`),
    );
    assert.match(row(entered, 'capabilities'), /count for what belongs to its own user namespace/);
    assert.deepEqual(looks, []);
  },

  'out-of-a-root': (runs, context) => {
    const [, bash, inside, out, pivot, still, end] = runs as [CellRun, ...CellRun[]];
    assertOwn(bash!, context, 'pid', 'mnt');
    assert.equal(inside!.after.root?.path, path.join(context.folder, 'box'));
    assert.equal(out!.after.root?.isHosts, true, 'out of the chroot');
    assert.match(row(out!, 'root directory'), /box → \/ of the machine/);
    assert.match(out!.output, /\betc\b/);
    assert.match(row(pivot!, 'root directory'), /\/ of the machine → \/ of its own .* nothing/);
    assert.match(still!.output, /^\S*bin\S* +\S*old\S* +\S*proc\S*\n$/m);
    assert.deepEqual(still!.after.root, { path: '/', isHosts: false }, 'not out of pivot_root');
    assert.equal(still!.after.mounts?.total, 2);
    assert.equal(end!.after.root?.isHosts, true);
  },

  'kill-pid-1': (runs, context) => {
    const [bash, inside, three, killed] = runs as [CellRun, ...CellRun[]];
    assertOwn(bash, context, 'pid', 'mnt');
    assert.equal(inside!.output, '1 is still here\n');
    isNothing(inside!);
    const before = processes(three!.output);
    assert.equal(before.length, 5, 'bash, unshare, sh and two sleep');
    assert.equal(before.filter((line) => /\d sleep \d/.test(line)).length, 2);
    const left = processes(killed!.output);
    assert.equal(left.length, 1, killed!.output);
    assert.match(left[0]!, /^ +1 +0 bash/);
  },

  zombies: (runs, context) => {
    const [bash, orphan, reaped, zombie, gone] = runs as [CellRun, ...CellRun[]];
    assertOwn(bash, context, 'pid', 'mnt');
    // Whether it runs or sleeps just now is chance; before its execve(2) it is what its `sh` was.
    assert.match(orphan!.output, /^ +\d+ +1 [A-Y]\S* +(sleep 1000|sh -c sleep 1000 .*)$/m);
    assert.doesNotMatch(reaped!.output, /sleep/);
    const [, pid1] = /^ +(\d+) +\d+ [A-Y]\S* +sleep 1000$/m.exec(zombie!.output)!;
    assert.match(zombie!.output, new RegExp(`^ +\\d+ +${pid1} Z\\S* +\\[sleep\\] <defunct>$`, 'm'));
    assert.equal(processes(gone!.output).length, 1, gone!.output);
  },

  'not-found-and-yet-there': (runs) => {
    assert.match(runs[0]!.output, /^-rwx.* bash$/m, 'it is there, and may be executed');
    assert.match(runs[1]!.output, /\/bin\/bash: not found\n$/);
    assert.match(runs[2]!.output, /\/bin\/bash.*: No such file or directory\n$/);
    assert.match(typing(runs, /^ldd/).output, /^\s+\/lib\S*ld-\S+ \(/m, 'the loader has no arrow');
    assert.equal(runs.at(-1)!.output, 'found\n');
  },

  'a-fork-bomb-and-its-limit': (runs, { privilege }) => {
    const limit = typing(runs, /^own=/).output;
    const bomb = typing(runs, /bomb\.sh/).output;
    const events = typing(runs, /pids\.events/).output;
    const isLimited = limit === 'limit: 20\n';
    if (privilege !== 'rootless') assert.equal(isLimited, hasPidsController(), limit);
    if (isLimited) {
      assert.match(bomb, /^19\n(?!20\n)[^]*ended with exit status/m);
      assert.match(events, /^max [1-9]/);
    } else {
      assert.match(limit, /^No limit is to be had here: /m);
      assert.equal(bomb, 'No limit, no bomb.\n');
      assert.equal(events, 'No limit was set.\n');
    }
  },
};

/** Whether a cgroup beside that of this process may have `pids.max`. */
function hasPidsController(): boolean {
  const [, own] = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? [];
  if (own === undefined) return false;
  const file = path.join('/sys/fs/cgroup', path.dirname(own), 'cgroup.subtree_control');
  return existsSync(file) && /\bpids\b/.test(readFileSync(file, 'utf8'));
}
