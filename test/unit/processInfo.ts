/** A process of a container as the helper describes it, for the tests beside this file. */
import type { ProcessInfo } from '../../src/protocol/processes';

export function processInfo(pid: number, more: Partial<ProcessInfo> = {}): ProcessInfo {
  const startTime = more.startTime ?? String(100 + pid);
  return {
    key: `1:${pid}:${startTime}`,
    pid,
    hostPid: 5000 + pid,
    ppid: 0,
    startTime,
    name: 'sh',
    commandLine: 'sh',
    state: 'S',
    uid: 0,
    euid: 0,
    rss: 4096,
    threads: 1,
    cpu: 0,
    nice: 0,
    startedAt: 1_000_000 + Number(startTime) * 10,
    adopted: false,
    ...more,
  };
}
