/** The picture as rows of a table, which says the same in words. Pure. The page shows it. */
import type { Target, Picture, PictureContainer, PictureItem, PicturePlace } from './Picture';
import { shownName } from './layoutPicture';
import { type PictureTexts, fill, listed, namesOf } from './texts';

export interface TableRow {
  readonly key: string;
  /** The columns of `PageTexts`. */
  readonly cells: readonly [
    what: string,
    where: string,
    pid: string,
    hostPid: string,
    more: string,
  ];
  readonly target?: Target;
}

export function tableRows(picture: Picture, texts: PictureTexts): TableRow[] {
  const names = new Map(picture.containers.map(({ id, name }) => [id, shownName(name)]));
  const ofHelpers = picture.helpers.map(({ pid, privilege }): TableRow => {
    const who = privilege === 'root' ? texts.root : texts.you;
    const cells = [texts.helper, texts.machine, '', String(pid), who] as const;
    return { key: `helper:${privilege}`, cells };
  });
  const ofContainers = picture.containers.flatMap((container) => {
    const { id, items } = container;
    const name = names.get(id) ?? '';
    const said = [
      container.processes === 1 ? texts.oneProcess : fill(texts.processes, container.processes),
      ...(container.isPaused ? [texts.paused] : []),
      ...placeWords(container, texts),
      ...sharedWords(picture, container, names, texts),
    ];
    const first: TableRow = {
      key: `container:${id}`,
      cells: [name, texts.machine, '', '', said.join('; ')],
      target: { containerId: id },
    };
    return [first, ...itemRows(items, { id, where: name }, texts)];
  });
  const rows = [...ofHelpers, ...ofContainers];
  if (picture.left > 0)
    rows.push({ key: 'left', cells: [fill(texts.left, picture.left), texts.machine, '', '', ''] });
  return rows;
}

function itemRows(
  items: readonly PictureItem[],
  inside: { readonly id: string; readonly where: string },
  texts: PictureTexts,
): TableRow[] {
  const { id, where } = inside;
  return items.flatMap((item): TableRow[] => {
    if (item.kind === 'box') {
      const words = placeWords(item.place, texts).join('; ');
      return itemRows(item.items, { id, where: `${where} › ${words}` }, texts);
    }
    if (item.kind === 'group') {
      const text = fill(item.isAlike ? texts.alike : texts.others, item.count);
      const what = item.hasMore ? fill(texts.withMore, text) : text;
      const target = { containerId: id, key: item.first };
      return [{ key: `${id}:${item.key}`, cells: [what, where, '', '', ''], target }];
    }
    const mark = item.mark ? texts.marks[item.mark] : '';
    const row: TableRow = {
      key: `process:${id}:${item.key}`,
      cells: [shownName(item.name), where, String(item.pid), String(item.hostPid), mark],
      target: { containerId: id, key: item.key },
    };
    return [row, ...itemRows(item.items, inside, texts)];
  });
}

/** What is said of a place, in sentences. */
function placeWords({ own, machine, root }: PicturePlace, texts: PictureTexts): string[] {
  return [
    ...(own.length > 0 ? [fill(texts.own, namesOf(own, texts).join(', '))] : []),
    ...(machine.length > 0 ? [fill(texts.ofMachine, namesOf(machine, texts).join(', '))] : []),
    ...(root ? [fill(texts.rootOf[root.kind], shownName(root.path))] : []),
    ...(root?.kind === 'chroot' ? [texts.wayOut] : []),
    ...(root?.kind === 'own' ? [texts.noWayBack] : []),
  ];
}

function sharedWords(
  { shared }: Picture,
  { id }: PictureContainer,
  names: ReadonlyMap<string, string>,
  texts: PictureTexts,
): string[] {
  return shared
    .filter(({ containers }) => containers.includes(id))
    .map(({ type, containers }) =>
      fill(
        texts.sharedBy,
        texts.namespaces[type],
        listed(
          containers.map((one) => names.get(one) ?? ''),
          texts,
        ),
      ),
    );
}
