/** What carries out a start of the built-in engine: the annotations `dev.terrarium.root` and `dev.terrarium.start`. */
import { isByHand } from './byHand';
import type { EngineConfig } from './engine';

/**
 * `program`: terrarium-init (src/init), by system calls. `hand`: the few commands that one types (byHand.ts).
 * `commands`: programs of the machine, one for each step.
 */
export type StartWay = 'commands' | 'hand' | 'program';

export function startWay(config: EngineConfig): StartWay {
  if (isByHand(config)) return 'hand';
  return config.annotations?.['dev.terrarium.start'] === 'commands' ? 'commands' : 'program';
}
