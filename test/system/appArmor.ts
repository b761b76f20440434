/** A profile of AppArmor for the system tests, where this machine has that and a parser that loads one. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const enabled = '/sys/module/apparmor/parameters/enabled';
export const hasAppArmor = existsSync(enabled) && readFileSync(enabled, 'utf8').startsWith('Y');
export const profile = `terrarium-lab-${process.pid}`;

/** @param change `--add` or `--remove` */
export function parser(change: '--add' | '--remove') {
  const text = `profile ${profile} flags=(attach_disconnected,mediate_deleted) {
    file, signal, ptrace, unix, network, capability,
    deny /etc/secret r,
  }\n`;
  return spawnSync('apparmor_parser', [change], { input: text, encoding: 'utf8' });
}
