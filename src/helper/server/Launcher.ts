/** What starts containers and the shells in them, for ContainerRegistry.ts; given by `serve`. */
import type { Bundle } from '../../core/bundle/loadBundle';
import type { StartOptions } from '../engine/launchContainer';
import type { LaunchedContainer, SessionCommand, SessionTarget } from '../engine/shared/Engine';
import type { StartLooks } from '../engine/shared/StartLooks';
import type { SessionAs } from '../engine/shared/sessionUser';

/** Tests bring their own. */
export interface Launcher {
  readonly looks: StartLooks;
  launch(bundle: Bundle, options: StartOptions): Promise<LaunchedContainer>;
  session(
    container: SessionTarget,
    args: readonly string[],
    as: SessionAs,
  ): Promise<SessionCommand>;
}
