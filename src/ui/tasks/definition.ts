/** Parses the definition of a task of type `terrarium` in tasks.json. Called by `runTask`. */

export interface TaskDefinition {
  readonly action: 'start' | 'stop' | 'run';
  /** Folder of the container, absolute or from the workspace folder. */
  readonly container: string;
  /** For `run`: a line for /bin/sh, or a program with its arguments. */
  readonly command?: string | readonly string[];
}

/** @returns the definition, or what is wrong, as text */
export function parseDefinition(raw: Readonly<Record<string, unknown>>): TaskDefinition | string {
  const { action, container, command } = raw;
  if (action !== 'start' && action !== 'stop' && action !== 'run')
    return '"action" must be start, stop or run';
  if (typeof container !== 'string' || container === '')
    return '"container" must name the folder of a container';
  if (action !== 'run') return { action, container };
  if (typeof command === 'string' && command !== '') return { action, container, command };
  if (
    Array.isArray(command) &&
    command.length > 0 &&
    command.every((word) => typeof word === 'string')
  )
    return { action, container, command };
  return '"command" must be a line for /bin/sh, or a list of words';
}

/** argv inside the container. */
export function argvOf(command: string | readonly string[]): string[] {
  return typeof command === 'string' ? ['/bin/sh', '-c', command] : [...command];
}
