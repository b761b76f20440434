/** A fact for `planStart`: what PID 1 would have of its starter's groups. */
import { readUserFile } from '../procfs/userFiles';

/** Where setgroups(2) is denied (user_namespaces(7)) they stay, whatever config.json says. */
export async function canLeaveGroups(): Promise<boolean> {
  if (process.getgroups!().every((gid) => gid === process.getegid!())) return false;
  return (await readUserFile('setgroups')).trim() === 'allow';
}
