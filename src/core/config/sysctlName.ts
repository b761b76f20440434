/** Names of kernel parameters, for the schema and for the step that writes them. */

/**
 * sysctl(8): the first separator says which of "." and "/" separates; the other is part of a name.
 * @returns the file below /proc/sys; undefined for a name that is none, or would lead out of there
 */
export function sysctlFile(name: string): string | undefined {
  if (!/^[A-Za-z0-9_./-]+$/.test(name)) return undefined;
  const isDotted = /[./]/.exec(name)?.[0] === '.';
  const file = isDotted
    ? name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))
    : name;
  return file.split('/').some((part) => /^\.{0,2}$/.test(part)) ? undefined : file;
}
