/** Parses `/proc/PID/mountinfo`. Called where the mounts of a container or of the host are looked at. */

/** One line of proc_pid_mountinfo(5), escapes taken back. */
export interface MountEntry {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the file system's device. */
  readonly device: string;
  /** The folder of the file system that is mounted here. */
  readonly root: string;
  /** Where it is mounted, relative to the process's root. */
  readonly mountPoint: string;
  /** Options of this mount: `ro`, `nosuid` … */
  readonly options: readonly string[];
  /** Propagation: `shared:5`, `master:2`, `unbindable`; none for a private mount. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Options of the file system itself. */
  readonly superOptions: readonly string[];
}

/**
 * Paths that are not UTF-8 come with U+FFFD in place of the odd bytes.
 * @throws Error naming the line that is none
 */
export function parseMountinfo(content: Buffer | string): MountEntry[] {
  return content
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
}

function parseLine(line: string): MountEntry {
  const words = line.split(' ');
  // The optional fields (from word 6 on) end with a lone hyphen.
  const hyphen = words.indexOf('-', 6);
  const [id, parentId, device, root, mountPoint, options] = words;
  const [type, source, superOptions] = hyphen < 0 ? [] : words.slice(hyphen + 1);
  if (!options || !root || !mountPoint || !device || !type || source === undefined) {
    throw new Error(`not a line of mountinfo: ${JSON.stringify(line.slice(0, 200))}`);
  }
  return {
    id: Number(id),
    parentId: Number(parentId),
    device,
    root: unescapePath(root),
    mountPoint: unescapePath(mountPoint),
    options: options.split(','),
    propagation: words.slice(6, hyphen),
    type: unescapePath(type),
    source: unescapePath(source),
    superOptions: (superOptions ?? '').split(','),
  };
}

/** The kernel writes space, tab, newline and backslash (and `#` in sources) as `\ooo`. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
}
