/** Parses `/proc/PID/status`. Called by the helper's process reader and by the doctor. */

/** Four ids of proc_pid_status(5), as the user namespace of the reader counts them. */
export interface Ids {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  readonly filesystem: number;
}

/** One bit per capability of capabilities(7), bit 0 = CAP_CHOWN. */
export interface CapabilitySets {
  readonly inheritable: bigint;
  readonly permitted: bigint;
  readonly effective: bigint;
  readonly bounding: bigint;
  readonly ambient: bigint;
}

export interface ProcessStatus {
  /** The `comm`, with the kernel's escapes taken back: raw again. */
  readonly name: string;
  readonly pid: number;
  readonly ppid: number;
  readonly uid: Ids;
  readonly gid: Ids;
  /** PID in each namespace, from the procfs instance's own (first) to the process's own (last). */
  readonly nsPids: readonly number[];
  /** Resident set size in bytes; 0 for zombies and kernel threads, which have no memory. */
  readonly rss: number;
  readonly threads: number;
  readonly noNewPrivileges: boolean;
  readonly capabilities: CapabilitySets;
}

/**
 * Lines that a kernel does not have (`NoNewPrivs` came in 4.10, `Kthread` in 6.11) are skipped or zero.
 * @throws Error where `Name`, `Pid` or `Uid` is missing: then it is no status file
 */
export function parseStatus(content: Buffer | string): ProcessStatus {
  const fields = new Map<string, string>();
  for (const line of content.toString('utf8').split('\n')) {
    const colon = line.indexOf(':');
    // The first one counts: nothing that comes later in the file can replace it.
    if (colon > 0 && !fields.has(line.slice(0, colon))) {
      fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^\t/, ''));
    }
  }
  const name = fields.get('Name');
  const pid = numbers(fields.get('Pid'))[0];
  if (name === undefined || pid === undefined || !fields.has('Uid')) {
    throw new Error('not a /proc/PID/status: it lacks Name, Pid or Uid');
  }
  const capability = (set: string) => bits(fields.get(`Cap${set}`));
  return {
    name: unescapeName(name),
    pid,
    ppid: numbers(fields.get('PPid'))[0] ?? 0,
    uid: ids(fields.get('Uid')),
    gid: ids(fields.get('Gid')),
    nsPids: fields.has('NSpid') ? numbers(fields.get('NSpid')) : [pid],
    rss: (numbers(fields.get('VmRSS'))[0] ?? 0) * 1024,
    threads: numbers(fields.get('Threads'))[0] ?? 0,
    noNewPrivileges: fields.get('NoNewPrivs') === '1',
    capabilities: {
      inheritable: capability('Inh'),
      permitted: capability('Prm'),
      effective: capability('Eff'),
      bounding: capability('Bnd'),
      ambient: capability('Amb'),
    },
  };
}

/** Who a process is: what the process reader needs of the file for each new one. */
export interface Identity {
  readonly ppid: number;
  readonly uid: number;
  readonly euid: number;
  readonly nsPids: readonly number[];
  /** `SigIgn`: one bit per signal of signal(7), bit 0 = SIGHUP. */
  readonly ignoredSignals: bigint;
}

/**
 * The same as `parseStatus` says, without the rest: thousands of processes can be new at once.
 * @throws Error where it is no status file
 */
export function parseIdentity(content: Buffer | string): Identity {
  // Latin 1 is enough: of what is text here, only the name is not ASCII.
  const text = content.toString('latin1');
  const [real, effective] = numbers(fieldOf(text, 'Uid'));
  if (!text.startsWith('Name:') || real === undefined) {
    throw new Error('not a /proc/PID/status: it lacks Name or Uid');
  }
  const nsPids = fieldOf(text, 'NSpid') ?? fieldOf(text, 'Pid');
  return {
    ppid: numbers(fieldOf(text, 'PPid'))[0] ?? 0,
    uid: real,
    euid: effective ?? real,
    nsPids: numbers(nsPids),
    ignoredSignals: bits(fieldOf(text, 'SigIgn')?.trim()),
  };
}

/** The signals of signal(7), one bit each, bit 0 = SIGHUP; `blocked` is that of one thread. */
export function signalSets(content: Buffer) {
  const text = content.toString('latin1');
  const set = (name: string) => bits(fieldOf(text, name)?.trim());
  return { blocked: set('SigBlk'), ignored: set('SigIgn'), caught: set('SigCgt') };
}

/** The decimal numbers of one line, as `PPid`, `NSpid` or `Seccomp`; none where the file lacks it. */
export function statusNumbers(content: Buffer | string, field: string): number[] {
  return numbers(fieldOf(content.toString('latin1'), field));
}

/** The first line of that name counts, and it is never the first of the file: that is `Name`. */
function fieldOf(text: string, name: string): string | undefined {
  const at = text.indexOf(`\n${name}:`);
  if (at < 0) return undefined;
  const end = text.indexOf('\n', at + 1);
  return text.slice(at + name.length + 2, end < 0 ? text.length : end);
}

/** fs/proc/array.c escapes newline and backslash only, so that a name cannot forge a line. */
function unescapeName(name: string): string {
  return name.replace(/\\([n\\])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : '\\'));
}

/** "1000\t1000", "12 kB": the decimal numbers of a field, units left out. */
function numbers(field: string | undefined): number[] {
  return (field ?? '')
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}

function ids(field: string | undefined): Ids {
  const [real = 0, effective = real, saved = effective, filesystem = effective] = numbers(field);
  return { real, effective, saved, filesystem };
}

function bits(field: string | undefined): bigint {
  return field && /^[0-9a-f]{1,16}$/i.test(field) ? BigInt(`0x${field}`) : 0n;
}
