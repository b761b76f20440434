/** The variables of a session: those of config.json, a TERM, its user's own. Used by sessionCommand.ts. */
import { isUnsafeForHostPrograms } from '../../../core/sequence/payloadEnvironment';

export interface SessionEnvironment {
  /** `NAME=value`, all of them. */
  readonly all: readonly string[];
  /** Those that the programs of the host before the session's may have too. */
  readonly early: readonly string[];
  /** Those that only a program of the container may see, and that its shell can export. */
  readonly late: readonly string[];
  /** Whether a shell hands them all on: it may drop a name that is none of its own, or end at a value. */
  readonly forShells: boolean;
}

/** bash calls them read-only, and BusyBox and dash know no such names. */
const readOnly = /^(SHELLOPTS|BASHOPTS)=/;
const exportable = /^[A-Za-z_][A-Za-z0-9_]*=/;

/**
 * @param config process.env of config.json; of a name that stands there twice the last counts
 * @param own what a login would set for another user than PID 1's
 * @param home HOME where neither of them has one
 */
export function sessionEnvironment(
  config: readonly string[],
  own: Readonly<Record<string, string>>,
  home: string,
): SessionEnvironment {
  const found = new Map([
    ['TERM', 'TERM=xterm-256color'],
    ['HOME', `HOME=${home}`],
  ]);
  for (const variable of config) found.set(variable.split('=', 1)[0]!, variable);
  for (const [name, value] of Object.entries(own)) found.set(name, `${name}=${value}`);
  const all = [...found.values()];
  const lost = (variable: string) =>
    !exportable.test(variable) || /^OPTIND=(?!\d{1,9}$)/.test(variable);
  const unsafe = all.filter(isUnsafeForHostPrograms);
  return {
    all,
    early: all.filter((variable) => !unsafe.includes(variable)),
    late: unsafe.filter((variable) => exportable.test(variable) && !readOnly.test(variable)),
    forShells: !all.some(lost),
  };
}
