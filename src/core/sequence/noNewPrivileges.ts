/** Whether setuid programs (sudo, newuidmap) gain nothing in this process and below (PR_SET_NO_NEW_PRIVS(2const)). */
import { readFileSync } from 'node:fs';
import { statusNumbers } from '../procfs/parseStatus';

export function noNewPrivileges(): boolean {
  return statusNumbers(readFileSync('/proc/self/status'), 'NoNewPrivs')[0] === 1;
}
