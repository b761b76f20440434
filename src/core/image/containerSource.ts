/** A container as the source of an import: `container:BUNDLE`, in a word. Pure. */

const prefix = 'container:';

/** A file of that name is meant by `./container:…`. */
export function isContainer(source: string): boolean {
  return source.startsWith(prefix) && source.length > prefix.length;
}

export function folderOfContainer(source: string): string {
  return source.slice(prefix.length);
}

export function containerSource(folder: string): string {
  return `${prefix}${folder}`;
}
