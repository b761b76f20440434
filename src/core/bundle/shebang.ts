/** The first line of a script, as the kernel reads it (execve(2), fs/binfmt_script.c). Pure. */

/** Longest such line, in bytes (BINPRM_BUF_SIZE). */
export const shebangBytes = 256;

export interface Shebang {
  /** Its path as it stands there: a CR at its end is a part of it. */
  readonly interpreter: string;
  /** The rest of the line, which is one argument, a CR too; empty where there is none. */
  readonly argument: string;
}

/** @param start the first bytes of a file @returns undefined where it names no interpreter */
export function parseShebang(start: Buffer): Shebang | undefined {
  const [, interpreter, argument] =
    /^#![ \t]*([^ \t\n\0]+)[ \t]*([^\n\0]*)/.exec(start.toString('latin1')) ?? [];
  if (interpreter === undefined) return undefined;
  const text = (bytes = '') => Buffer.from(bytes, 'latin1').toString('utf8');
  return { interpreter: text(interpreter), argument: text(argument).replace(/[ \t]+$/, '') };
}
