/** Words and processes for the tests beside this file. */
import { namespaceTypes } from '../../../../src/protocol/namespaces';
import type { OtherPlace, Place, Places } from '../../../../src/protocol/places';
import type { ProcessInfo } from '../../../../src/protocol/processes';
import type { PictureItem, PictureProcess } from '../../../../src/core/picture/Picture';
import type { PictureTexts } from '../../../../src/core/picture/texts';
import { ProcessTree } from '../../../../src/core/tree/processTree';

export const texts: PictureTexts = {
  machine: 'this machine',
  namespaces: {
    ...{ pid: 'PID', mnt: 'mount', uts: 'UTS', ipc: 'IPC' },
    ...{ net: 'network', user: 'user', cgroup: 'cgroup', time: 'time' },
  },
  marks: { session: 'session', zombie: 'zombie', stopped: 'stopped' },
  ...{ paused: 'paused', helper: 'helper', you: 'you', root: 'root', own: 'own: {0}' },
  ofMachine: 'this machine’s: {0}',
  sharedWithAll: 'shared with all below: {0}',
  sharedBy: '{0}: shared by {1}',
  and: '{0} and {1}',
  rootOf: { machine: 'root: / of this machine', own: 'root: {0}', chroot: 'root: {0}' },
  ...{ wayOut: 'the way out is open', noWayBack: 'no way back' },
  ...{ oneProcess: '1 process', processes: '{0} processes' },
  ...{ alike: 'and {0} more like it', others: 'and {0} others', withMore: '{0}, with more' },
  processLabel: '{0}, PID {1} inside, {2} outside',
  ...{ left: '{0} more containers', nothing: 'No container is running.' },
  legend: [{ text: 'blue: namespaces', role: 'namespace' }],
  page: { title: 'Picture', table: 'Table', save: 'Save', hint: '', columns: [] },
};

/** Of PID 1: with a PID and a mount namespace of its own, and a root of its own. */
export function placesOf(more: Partial<Place> = {}): Places {
  const machine = namespaceTypes.map((type, at) => ({ type, inode: String(100 + at) }));
  const namespaces = machine.map(({ type, inode }) => ({
    type,
    inode: type === 'pid' || type === 'mnt' ? `${inode}7` : inode,
  }));
  const root = { path: '/', folder: '9:7', isHosts: false };
  return { machine, first: { namespaces, root, ...more }, others: [] };
}

/** The picture reads places by process key. */
export function others(...all: [info: ProcessInfo, place: Place][]): Map<string, OtherPlace> {
  return new Map(
    all.map(([{ key, pid, startTime }, place]) => [key, { pid, startTime, ...place }]),
  );
}

export function treeOf(infos: readonly ProcessInfo[]): ProcessTree {
  const tree = new ProcessTree();
  tree.apply({ id: '', full: true, upserted: [...infos], removed: [] });
  return tree;
}

/** `sh 1 [sleep 2, +3 alike]`, a line for people to compare. */
export function told(items: readonly PictureItem[]): string {
  return items.map(tellOne).join(', ');
}

function tellOne(item: PictureItem): string {
  const below = item.kind === 'group' || item.items.length === 0 ? '' : ` [${told(item.items)}]`;
  switch (item.kind) {
    case 'process':
      return `${item.name} ${item.pid}${item.mark ? ` ${item.mark}` : ''}${below}`;
    case 'group':
      return `+${item.count}${item.isAlike ? ' alike' : ''}${item.hasMore ? ' with more' : ''}`;
    case 'box': {
      const { own, machine, root } = item.place;
      const words = [own.join('+'), machine.map((one) => `-${one}`).join(''), root?.kind ?? ''];
      return `<${words.filter(Boolean).join(' ')}>${below}`;
    }
  }
}

/** All processes that stand for themselves, and those in groups. */
export function counted(items: readonly PictureItem[]): {
  shown: PictureProcess[];
  grouped: number;
} {
  const shown: PictureProcess[] = [];
  let grouped = 0;
  const count = (all: readonly PictureItem[]) => {
    for (const item of all) {
      if (item.kind === 'process') shown.push(item);
      if (item.kind === 'group') grouped += item.count;
      else count(item.items);
    }
  };
  count(items);
  return { shown, grouped };
}
