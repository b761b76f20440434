/** What starts containers and the shells in them, for ContainerRegistry.ts; given by `serve`. */
import type { Bundle } from '../../core/bundle/loadBundle';
import type { StartOptions } from '../engine/launchContainer';
import type {
  LaunchedContainer,
  SessionCommand,
  SessionTarget,
  StartAhead,
} from '../engine/shared/Engine';
import type { StartLooks } from '../engine/shared/StartLooks';
import type { SessionAs } from '../engine/shared/sessionUser';

/** Tests bring their own. */
export interface Launcher {
  readonly looks: StartLooks;
  /**
   * Begins with what the last start of that folder was, where there was one.
   * @param terminal of PID 1
   */
  ahead?(folder: string, terminal: string): StartAhead;
  launch(bundle: Bundle, options: StartOptions): Promise<LaunchedContainer>;
  session(
    container: SessionTarget,
    args: readonly string[],
    as: SessionAs,
  ): Promise<SessionCommand>;
}
