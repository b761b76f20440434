/** Parses `/proc/PID/net/unix`. Called where a process is looked into. */
import type { SocketEntry } from './parseSockets';

/** include/linux/net.h, enum sock_type */
const types: Readonly<Record<string, string>> = {
  '0001': 'stream',
  '0002': 'datagram',
  '0005': 'packet',
};

/** include/uapi/linux/net.h, socket_state */
const states: Readonly<Record<string, string>> = {
  '01': 'unconnected',
  '02': 'connecting',
  '03': 'connected',
  '04': 'closing',
};

/** __SO_ACCEPTCON, the flag of listen(2). */
const listens = 0x10000;

const line =
  /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +(\d+)(?: (.*))?$/;

export interface UnixSocketEntry extends SocketEntry {
  /** `stream`, `datagram`, `packet`. */
  readonly type: string;
}

/**
 * Lines that do not have the form are left out. The kernel writes a path as it was bound, line breaks
 * in it too, so who binds such a path can forge lines. This is for reading, and nothing may rely on it.
 */
export function parseUnixSockets(content: string): UnixSocketEntry[] {
  return content.split('\n').flatMap((text) => {
    const [, flags, type, state, inode, path = ''] = line.exec(text) ?? [];
    if (flags === undefined || type === undefined || state === undefined || !inode) return [];
    return [
      {
        type: types[type] ?? `type ${Number.parseInt(type, 16)}`,
        local: path,
        remote: '',
        state: parseInt(flags, 16) & listens ? 'listening' : (states[state] ?? `state ${state}`),
        inode,
      },
    ];
  });
}
