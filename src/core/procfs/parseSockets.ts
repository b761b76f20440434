/** Parses `/proc/PID/net/tcp` and its like. Called where a process is looked into. */

export interface SocketEntry {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly inode: string;
}

/** include/net/tcp_states.h */
const states: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'connecting',
  '03': 'being accepted',
  '04': 'closing',
  '05': 'closing',
  '06': 'time wait',
  '07': 'unconnected',
  '08': 'closed by the other side',
  '09': 'closing',
  '0A': 'listening',
  '0B': 'closing',
};

/** Lines that do not have the form are left out, as is the last one of a file that was cut. */
export function parseSockets(content: Buffer | string): SocketEntry[] {
  return content
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      const [here, there] = [address(local), address(remote)];
      if (!here || !there || !inode || !/^\d+$/.test(inode)) return [];
      return [
        { local: here, remote: there, state: states[state ?? ''] ?? `state ${state}`, inode },
      ];
    });
}

/** `0100007F:1F90` is 127.0.0.1:8080: the address in the byte order of a little-endian machine. */
function address(text: string | undefined): string | undefined {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text ?? '');
  if (!match) return undefined;
  const bytes = (match[1]!.match(/.{8}/g) ?? []).flatMap((word) =>
    [...(word.match(/../g) ?? [])].reverse(),
  );
  const port = parseInt(match[2]!, 16);
  if (bytes.length === 4) return `${bytes.map((byte) => parseInt(byte, 16)).join('.')}:${port}`;
  const groups = bytes.join('').match(/.{4}/g) ?? [];
  return `[${groups.map((group) => group.replace(/^0{1,3}/, '').toLowerCase()).join(':')}]:${port}`;
}
