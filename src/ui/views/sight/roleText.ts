/** What a process of the table of sights is here. Called by `tableText` and `explainCell`. */
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import type { SightLine } from '../../../core/sight/sightLine';
import type { Translate } from '../../model/translate';
import type { SightContext } from './SightContext';

/** What the line calls its process, visible: its name, but where that says little (Node's is MainThread). */
export function lineLabel({ row, snapshot }: SightLine, t: Translate): string {
  if (row.role === 'helper') return t('helper');
  if (row.role === 'viewer' && !isShell(snapshot.name)) return 'VS Code';
  return escapeControlCharacters(snapshot.name);
}

/** A word or two beside it; empty for most processes of a container. */
export function roleText({ row, snapshot }: SightLine, t: Translate): string {
  if (row.zombie) return t('zombie');
  switch (row.role) {
    case 'viewer':
      return isShell(snapshot.name) ? t('your shell') : t('extension host');
    case 'sudo':
      return '';
    case 'helper':
      return snapshot.uid.outside === 0 ? t('as root') : t('as you');
    case 'monitor':
      return t('monitor');
    case 'init':
      return 'PID 1';
    case 'joined':
      return t('from outside');
    case 'inside':
      return '';
  }
}

/** A sentence or two. */
export function roleSentence(
  { row, snapshot }: SightLine,
  { engine, isByHand }: SightContext,
  t: Translate,
): string {
  if (row.zombie)
    return t(
      'A zombie: it has ended, and its parent has not asked for its exit status. What it saw is gone.',
    );
  switch (row.role) {
    case 'viewer':
      return isShell(snapshot.name)
        ? t('The shell of the terminal in front: this is the machine as you have it.')
        : t(
            'VS Code’s extension host, in which Terrarium runs: this is the machine as you have it.',
          );
    case 'sudo':
      return t('sudo has asked for the password, has made the helper root, and waits for its end.');
    case 'helper':
      return snapshot.uid.outside === 0
        ? t('Terrarium’s helper, as root: it makes the container. It is outside of it.')
        : t('Terrarium’s helper, as you: it makes the container. It is outside of it.');
    case 'monitor':
      return isByHand
        ? t(
            'unshare has made the namespaces and waits for its child, which is the first one in them.',
          )
        : engine === 'builtin'
          ? t('terrarium-init outside of the container: it made PID 1, and reports how that ends.')
          : t('{0} outside of the container: it made PID 1, and waits for its end.', engine);
    case 'init':
      return t(
        'The first process of the container. When it ends, the kernel ends all others in its PID namespace; it adopts those whose parent has ended.',
      );
    case 'joined':
      return t(
        'It was started outside and has joined the container, as a further shell does: its parent is not in there.',
      );
    case 'inside':
      return t('A process of the container, started in it.');
  }
}

function isShell(name: string): boolean {
  return /^-?(ba|da|z|k|fi|a)?sh$/.test(name);
}
