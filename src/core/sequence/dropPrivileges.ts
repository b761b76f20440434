/** What PID 1 gives up before the payload: rlimits, capabilities, ids. Used by `planStart`. */
import type { OciConfig } from '../config/schema';
import { executionSteps } from './executionSteps';
import type { Privileges } from './operation';
import type { Step } from './step';

/**
 * For `process` of config.json; empty where it asks for nothing.
 * @param mapped PID 1 has waited for its id mapping: the execve(2) that then made it root inside has
 *   gained capabilities, and so lost what unshare --kill-child had set (commit_creds in the kernel)
 */
export function dropPrivileges(
  config: OciConfig,
  options: {
    readonly mayChangeGroups: boolean;
    /** The helper is in groups that nobody asked for. */
    readonly furtherGroups: boolean;
    readonly mapped: boolean;
  },
): Step[] {
  const { mapped } = options;
  const { rlimits: limits = [] } = config.process;
  const steps: Step[] = executionSteps(config);
  if (limits.length) {
    steps.push({
      id: 'rlimits',
      where: 'namespaces',
      ...{ kind: 'rlimits', limits },
      why: 'Set the resource limits',
    });
  }
  const privileges = privilegesOf(config, options);
  const drops = Object.keys(privileges).length > 0;
  if (drops || mapped) {
    steps.push({
      id: 'setpriv',
      where: 'namespaces',
      ...{ kind: 'dropPrivileges', privileges },
      why: drops
        ? 'Drop the privileges that the container must not have'
        : 'Set the parent-death signal again: changing the IDs has cleared that of --kill-child',
    });
  }
  return steps;
}

function privilegesOf(
  config: OciConfig,
  { mayChangeGroups, furtherGroups }: { mayChangeGroups: boolean; furtherGroups: boolean },
): Privileges {
  const { user, capabilities, noNewPrivileges } = config.process;
  const { bounding = [], inheritable = [], ambient } = capabilities ?? {};
  const switches = user.uid !== 0 || user.gid !== 0;
  const further = user.additionalGids?.length ? user.additionalGids : undefined;
  const changes = capabilities !== undefined || switches;
  const groups =
    mayChangeGroups && (changes || further || furtherGroups)
      ? (further ?? ('none' as const))
      : switches
        ? ('keep' as const)
        : undefined;
  return {
    ...(capabilities ? { bounding, inheritable } : {}),
    ...(ambient?.length ? { ambient } : {}),
    ...(switches ? { user: { uid: user.uid, gid: user.gid } } : {}),
    ...(groups ? { groups } : {}),
    ...(noNewPrivileges ? { noNewPrivileges } : {}),
  };
}
