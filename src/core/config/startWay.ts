/** What carries out a start of the built-in engine. */
import { isByHand } from './byHand';
import type { EngineConfig } from './engine';

/**
 * `program`: terrarium-init (src/init), by system calls. `hand`: the few commands that one types (byHand.ts).
 * `script`: an exported script, with a program of the machine for each step of what the first one does.
 */
export type StartWay = 'program' | 'hand' | 'script';

export function startWay(config: EngineConfig): StartWay {
  return isByHand(config) ? 'hand' : 'program';
}
