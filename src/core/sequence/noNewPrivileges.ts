/** Whether setuid programs (sudo, newuidmap) gain nothing in this process and below (PR_SET_NO_NEW_PRIVS(2const)). */
import { readFileSync } from 'node:fs';
import { statusNumbers } from '../procfs/parseStatus';

/** @param status its /proc/self/status */
export function noNewPrivileges(
  status: Buffer | string = readFileSync('/proc/self/status'),
): boolean {
  return statusNumbers(status, 'NoNewPrivs')[0] === 1;
}
