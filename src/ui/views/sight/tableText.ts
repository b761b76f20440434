/** The table of sights as text: rows of cells. Pure. Called by the panel whenever something has changed. */
import { type SightLine, sightColumns } from '../../../core/sight/sightLine';
import type { Translate } from '../../model/translate';
import { cellText } from './cellText';
import type { SightTableRow } from './messages';
import { lineLabel, roleText } from './roleText';
import { type SightContext, neighboursOf } from './SightContext';

export function tableRows(
  lines: readonly SightLine[],
  context: SightContext,
  t: Translate,
): SightTableRow[] {
  const others = {
    labels: new Map(lines.map((line) => [line.snapshot.pid, lineLabel(line, t)])),
    you: lines.find(({ row }) => row.role === 'viewer')?.snapshot.uid.outside,
  };
  return lines.map((line, at) => ({
    ...{ key: line.row.key, depth: line.row.depth, role: roleText(line, t) },
    more: line.alike === 0 ? '' : t('and {0} more like it', line.alike),
    cells: sightColumns.map((column) =>
      cellText(column, line, neighboursOf(lines, at, context), others, t),
    ),
  }));
}

interface TableState {
  /** Processes that have no line. */
  readonly left: number;
  /** Processes that were not read yet. */
  readonly unread: number;
  /** Processes that keep the helper waiting: PID outside, and since when, as people read it. */
  readonly blocking: readonly { readonly hostPid: number; readonly since: string }[];
  /** Nothing new is read for them. */
  readonly readsNothing: boolean;
  readonly viewerElsewhere: boolean;
  /** Visible. */
  readonly error: string | undefined;
  /** The PID namespace of the helper is not the one that the kernel began with. */
  readonly isMachineInside: boolean;
  readonly hasUntold: boolean;
  readonly isRootless: boolean;
}

/** What somebody has to know to read the table. */
export function tableNotes(state: TableState, t: Translate): string[] {
  return [
    state.error ?? '',
    ...state.blocking.map(({ hostPid, since }) =>
      t(
        'Process {0} has kept the helper waiting since {1}: a file system in the container (FUSE) does not answer. What is shown of it is older. It ends with the container: stop that.',
        hostPid,
        since,
      ),
    ),
    state.readsNothing
      ? t(
          'Nothing new is read, because too many processes, here or in other containers, keep the helper waiting. Stop these containers.',
        )
      : '',
    state.viewerElsewhere
      ? t(
          'VS Code runs in another PID namespace than the helper (a dev container, say): the helper cannot see it, so the table begins with the helper.',
        )
      : '',
    state.isMachineInside
      ? t(
          'The helper runs in a container itself: “this machine” is that container, and what is outside of it is not seen.',
        )
      : '',
    state.hasUntold
      ? state.isRootless
        ? t(
            'The kernel does not tell all of other users’ processes to a helper without root: “not told” is no difference.',
          )
        : t('The kernel did not tell all: “not told” is no difference.')
      : '',
    state.unread > 0 ? t('{0} processes are still being read.', state.unread) : '',
    state.left > 0 ? t('{0} more processes are not shown.', state.left) : '',
  ].filter(Boolean);
}
