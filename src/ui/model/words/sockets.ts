/** Kinds and states of sockets, as the document about a process names them. Called by `word`. */
import type { Translate } from '../translate';
import type { Table } from './WordTable';

export const sockets = (t: Translate): Table => ({
  tcp: [t('TCP: local address, then peer address.'), 'tcp(7)'],
  udp: [t('UDP: local address, then the peer it is connected to, if any.'), 'udp(7)'],
  'unix stream': [
    t('Unix stream socket: a byte stream between processes of this machine.'),
    'unix(7)',
  ],
  'unix datagram': [
    t('Unix datagram socket: messages between processes of this machine.'),
    'unix(7)',
  ],
  unix: [t('Unix socket between processes of this machine.'), 'unix(7)'],
  listening: [t('Waiting for connections.'), 'listen(2)'],
  'established, connected': [t('Connected: both sides can send.'), 'connect(2)'],
  connecting: [t('The peer has not answered yet.'), 'connect(2)'],
  'being accepted': [t('The handshake of an incoming connection is not complete.'), 'tcp(7)'],
  unconnected: [
    t('It has no peer; a datagram socket accepts messages from any sender.'),
    'socket(7)',
  ],
  'time wait': [t('Closed; the port stays reserved for a while, for late packets.'), 'tcp(7)'],
  'closed by the other side': [t('The peer has closed its side; this process has not.'), 'tcp(7)'],
  closing: [t('Being closed.'), 'tcp(7)'],
});
