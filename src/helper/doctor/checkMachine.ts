/** `helper.js check [FOLDER]`: what this machine lets Terrarium do. Each check tries and says. */
import { messageOf } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { Check, CheckReport } from '../../protocol/doctor';
import { foreignPrograms } from './foreignPrograms';
import * as machine from './machineChecks';
import * as privilege from './privilegeChecks';
import { subordinateIds } from './subordinateIds';
import { workspace } from '../host/workspace';

/** @param folder where containers are to be kept */
export async function checkMachine(folder: string): Promise<CheckReport> {
  const checks: [code: string, check: () => Check | Promise<Check>][] = [
    ['namespaces', privilege.namespaces],
    ['user-namespace', privilege.userNamespace],
    ['subordinate-ids', subordinateIds],
    ['sudo', privilege.sudo],
    ['no-new-privileges', privilege.noNewPrivs],
    ['confined-editor', privilege.confinedEditor],
    ['start-program', machine.startProgram],
    ['util-linux', machine.utilLinux],
    ['terminals', machine.terminals],
    ['host-names', machine.hostNames],
    ['busybox', machine.busybox],
    ['workspace', () => workspace(folder)],
    ['overlay', machine.overlay],
    ['cgroups', machine.cgroups],
    ['hidepid', machine.hiddenProcesses],
    ['runtimes', machine.runtimes],
    ['binfmt', () => foreignPrograms()],
  ];
  return { checks: await Promise.all(checks.map(([code, check]) => safely(code, check))) };
}

/** An error in a check is a finding, and the other checks still run. */
async function safely(code: string, check: () => Check | Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    return {
      code,
      title: code,
      verdict: 'unknown',
      found: `Not known: ${escapeControlCharacters(messageOf(error))}.`,
    };
  }
}
