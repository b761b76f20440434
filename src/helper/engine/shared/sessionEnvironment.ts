/** The variables of a session: those of config.json, a TERM, its user's own. Used by sessionCommand.ts. */

export interface SessionEnvironment {
  /** `NAME=value`, all of them. */
  readonly all: readonly string[];
}

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
  return { all: [...found.values()] };
}
