/** The services together with the terminals of this window. Made by `extension.ts`; commands get them. */
import type { Services } from '../services/Services';
import type { Terminals } from './Terminals';

export interface TerminalServices extends Services {
  readonly terminals: Terminals;
}
