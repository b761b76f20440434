/** The folders that the layers up to now have made: what a later one makes a file there replaces whole trees. */
export class FolderNames {
  private readonly names = new Set<string>();
  private lastParent = '';

  /** Those above it are made too, where no entry makes them. */
  add(path: string, isFolder: boolean): void {
    if (isFolder) this.names.add(path);
    const parent = parentOf(path);
    if (parent === this.lastParent) return;
    this.lastParent = parent;
    for (let one = parent; one !== '' && !this.names.has(one); one = parentOf(one))
      this.names.add(one);
  }

  has(path: string): boolean {
    return this.names.has(path);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
