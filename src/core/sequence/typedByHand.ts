/**
 * The lines that are typed into PID 1 of a bundle by hand. They are made of names and numbers of ours alone:
 * every word that comes from a bundle is the value of a variable, and never shell text.
 */
import { hardenedMountFlags } from './mountOptions';
import type { StartPlan, Step } from './step';
import { toArgv } from './toArgv';

export interface TypedByHand {
  /** One for each step of `plan.rootfs`; each answers with `status N` on its standard output. */
  readonly steps: readonly string[];
  /** Starts the program and is the last one. */
  readonly payload: string;
  /** What the shell has in its environment for these lines. */
  readonly env: Readonly<Record<string, string>>;
}

/** The answer to a line that does nothing: PID 1 is there. */
export const firstLine = answering(':');

/**
 * @param find the absolute path of a program of the machine
 * @param stdio descriptors of the shell that become 0, 1 and 2 of the program
 */
export function typedByHand(
  plan: StartPlan,
  find: (program: string) => string,
  stdio: readonly [input: number, output: number, errors: number],
): TypedByHand {
  const env: Record<string, string> = {};
  const valueOf = (value: string): string => {
    const name = `W${Object.keys(env).length + 1}`;
    env[name] = value;
    return `"$${name}"`;
  };
  const line = (words: readonly string[]) => words.map(valueOf).join(' ');
  const steps = plan.rootfs.map((step) => answering(line(argvByHand(step))));
  const [env1, session, chroot] = ['env', 'setsid', 'chroot'].map(find) as [string, string, string];
  const payload = [
    ...[
      line([env1, '-i', '--', ...plan.env, session]),
      ...(plan.session.takesTerminal ? ['--ctty'] : []),
    ],
    line([chroot, ...toArgv(plan.payload).slice(1)]),
    ...redirections(stdio),
  ].join(' ');
  return { steps, payload: `${payload}\n`, env };
}

/** As it is typed; mount(8) gets no words that are for us. */
export function argvByHand(step: Step): string[] {
  return toArgv(step).filter((word) => word !== hardenedMountFlags);
}

function answering(command: string): string {
  return `${command}\necho status $?\n`;
}

/** The program has these three and nothing else of the shell's. */
function redirections(stdio: readonly [number, number, number]): string[] {
  const [input, output, errors] = stdio;
  const closed = [...new Set(stdio)].filter((one) => one > 2).map((one) => `${one}>&-`);
  return [`<&${input}`, `>&${output}`, `2>&${errors}`, ...closed];
}
