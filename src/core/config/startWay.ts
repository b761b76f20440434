/** What carries out a start of the built-in engine: the annotations `dev.terrarium.root` and `dev.terrarium.start`. */
import type { EngineConfig } from './engine';

/** `commands`: programs of the machine, one for each step. `program`: terrarium-init (src/init), by system calls. */
export type StartWay = 'commands' | 'program';

/** PID 1 stays on the host's root, as in the notes. */
export function usesChroot({ annotations }: EngineConfig): boolean {
  return annotations?.['dev.terrarium.root'] === 'chroot';
}

/** The notes' way is one of commands always. */
export function startWay(config: EngineConfig): StartWay {
  if (usesChroot(config)) return 'commands';
  return config.annotations?.['dev.terrarium.start'] === 'commands' ? 'commands' : 'program';
}
