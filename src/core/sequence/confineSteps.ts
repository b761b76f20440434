/** What PID 1 gives up before the payload: rlimits, capabilities, ids. Used by `planStart`. */
import type { OciConfig } from '../config/schema';
import { isCapability } from '../procfs/capabilities';
import type { Step } from './step';

/**
 * setpriv(1)'s and prlimit(1)'s words for `process` of config.json; empty where it asks for nothing.
 * @param mapped PID 1 has waited for its id mapping: the execve(2) that then made it root inside has
 *   gained capabilities, and so lost what unshare --kill-child had set (commit_creds in the kernel)
 */
export function confineSteps(
  config: OciConfig,
  options: {
    readonly mayChangeGroups: boolean;
    /** The helper is in groups that nobody asked for. */
    readonly furtherGroups: boolean;
    readonly mapped: boolean;
  },
): Step[] {
  const { mapped } = options;
  const limits = limitArguments(config);
  const steps: Step[] = [];
  if (limits.length) {
    steps.push({
      id: 'rlimits',
      where: 'namespaces',
      argv: ['prlimit', ...limits],
      why: 'Set the resource limits',
    });
  }
  const privileges = privilegeArguments(config, options);
  if (privileges.length || mapped) {
    steps.push({
      id: 'setpriv',
      where: 'namespaces',
      // setpriv(1) applies this last: changing ids has cleared what unshare --kill-child had set.
      argv: ['setpriv', ...privileges, '--pdeathsig=KILL'],
      why: privileges.length
        ? 'Drop the privileges that the container must not have'
        : 'Set the parent-death signal again: changing the IDs has cleared that of --kill-child',
    });
  }
  return steps;
}

/** `process.rlimits` in the words of prlimit(1). */
export function limitArguments({ process: { rlimits = [] } }: OciConfig): string[] {
  return rlimits.map(
    ({ type, soft, hard }) =>
      `--${type.replace(/^RLIMIT_/, '').toLowerCase()}=${limitText(soft)}:${limitText(hard)}`,
  );
}

/** From 2^63 on it means RLIM_INFINITY (setrlimit(2)), whatever the number in the file lost as a double. */
function limitText(value: number): string {
  return value >= 2 ** 63 ? 'unlimited' : String(value);
}

function privilegeArguments(
  config: OciConfig,
  { mayChangeGroups, furtherGroups }: { mayChangeGroups: boolean; furtherGroups: boolean },
): string[] {
  const { user, capabilities, noNewPrivileges } = config.process;
  const found: string[] = [];
  if (capabilities) {
    found.push(`--bounding-set=${capabilityList(capabilities.bounding)}`);
    found.push(`--inh-caps=${capabilityList(capabilities.inheritable)}`);
    if (capabilities.ambient?.length) {
      found.push(`--ambient-caps=${capabilityList(capabilities.ambient)}`);
    }
  }
  if (user && (user.uid !== 0 || user.gid !== 0)) {
    found.push(`--reuid=${user.uid}`, `--regid=${user.gid}`);
  }
  if (mayChangeGroups && (found.length > 0 || user?.additionalGids?.length || furtherGroups)) {
    found.push(
      user?.additionalGids?.length ? `--groups=${user.additionalGids.join(',')}` : '--clear-groups',
    );
  } else if (found.some((argument) => argument.startsWith('--regid'))) {
    found.push('--keep-groups');
  }
  if (noNewPrivileges) found.push('--no-new-privs');
  return found;
}

function capabilityList(names: readonly string[] | undefined): string {
  return [
    '-all',
    // Of others `notCarriedOut` speaks: the specification asks that a start does not fail for them.
    ...(names ?? [])
      .filter(isCapability)
      .map((name) => `+${name.replace(/^CAP_/, '').toLowerCase()}`),
  ].join(',');
}
