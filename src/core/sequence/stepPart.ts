/** Which part of a start a step belongs to: the headings of a start that goes step by step. Pure. */
import type { StepPart } from '../../protocol/steps';
import type { Operation } from './operation';
import type { CgroupPlan, StartPlan, Step } from './step';

/** The fields of a plan that hold steps. */
type StepField = {
  [Field in keyof StartPlan]-?: NonNullable<StartPlan[Field]> extends
    Step | readonly Step[] | CgroupPlan
    ? Field
    : never;
}[keyof StartPlan];

/** Of what PID 1 does in its namespaces, where it still has the root of the machine. */
const insideParts: Readonly<Record<Operation['kind'], StepPart>> = {
  ...{ mount: 'filesystems', bind: 'filesystems', bindEach: 'filesystems', remount: 'filesystems' },
  overlay: 'filesystems',
  ...{ propagation: 'filesystems', createFiles: 'filesystems', createFolder: 'filesystems' },
  ...{ mkdir: 'filesystems', symlinks: 'filesystems', copy: 'filesystems', mknod: 'filesystems' },
  ...{ chown: 'filesystems', register: 'filesystems' },
  ...{ write: 'names', setName: 'names', loopback: 'names' },
  ...{ join: 'namespaces', unshare: 'namespaces', setsid: 'namespaces' },
  ...{ switchUser: 'ids', idMap: 'ids' },
  deviceFilter: 'cgroup',
  ...{ pivotRoot: 'root', umountOldRoot: 'root' },
  ...{ scheduler: 'privileges', ioPriority: 'privileges', personality: 'privileges' },
  ...{ rlimits: 'privileges', dropPrivileges: 'privileges', filter: 'privileges' },
  environment: 'privileges',
  execute: 'program',
};

const partOfField: Readonly<Record<StepField, (step: Step, plan: StartPlan) => StepPart>> = {
  cgroup: () => 'cgroup',
  join: () => 'namespaces',
  switchUser: () => 'namespaces',
  unshare: () => 'namespaces',
  // By hand the session is the program's.
  session: (_, { way }) => (way === 'hand' ? 'program' : 'namespaces'),
  writeIdMaps: () => 'ids',
  rootInside: () => 'ids',
  rootfs: ({ kind }) => insideParts[kind],
  pivot: () => 'root',
  // A root that is to be shared becomes so once it is the root.
  dropPrivileges: ({ kind }) => (kind === 'propagation' ? 'root' : 'privileges'),
  payload: () => 'program',
};

/** @returns that of every step of a plan */
export function stepParts(plan: StartPlan): ReadonlyMap<Step, StepPart> {
  const fields = Object.keys(partOfField) as StepField[];
  return new Map(
    fields.flatMap((field) =>
      stepsIn(plan[field]).map((step) => [step, partOfField[field](step, plan)] as const),
    ),
  );
}

function stepsIn(held: StartPlan[StepField]): readonly Step[] {
  if (held === undefined) return [];
  if ('steps' in held) return held.steps;
  return 'id' in held ? [held] : held;
}
