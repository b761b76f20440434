/** Whether setuid programs (sudo, newuidmap) gain nothing in this process and below (PR_SET_NO_NEW_PRIVS(2const)). */
import { readFileSync } from 'node:fs';

export function noNewPrivileges(): boolean {
  return /^NoNewPrivs:\s*1$/m.test(readFileSync('/proc/self/status', 'latin1'));
}
