// A user account for the length of a test: the password prompt of sudo needs somebody who has one.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mustRun, run } from './processes.mjs';
import { SetupError } from './project.mjs';

/**
 * @typedef {import('./server.mjs').ServerUser & { password: string, remove: () => Promise<void> }} TemporaryUser
 */

/**
 * Makes an ordinary user with a home, a password and a range of subordinate ids. Needs root.
 * @param {{ sudo?: boolean, password?: string }} [options] sudo: may become root with the password
 * @returns {Promise<TemporaryUser>} remove() deletes the account and the home
 */
export async function temporaryUser({
  sudo = false,
  password = randomBytes(9).toString('hex'),
} = {}) {
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      'Making a user for the test needs root.',
      'Run these tests as root, for example in a virtual machine or a container.',
    );
  }
  const name = `terrarium-${randomBytes(3).toString('hex')}`;
  const remedy = 'Check that the packages passwd and sudo are installed and that /etc is writable.';
  const membership = sudo ? ['--groups', 'sudo'] : [];
  await mustRun('useradd', ['--create-home', '--shell', '/bin/bash', ...membership, name], {
    remedy,
  });
  const remove = async () => void (await run('userdel', ['--force', '--remove', name]));
  try {
    await setPassword(name, password);
    const entry = await mustRun('getent', ['passwd', name], { remedy });
    const [, , uid, gid, , home] = entry.trim().split(':');
    return {
      name,
      uid: Number(uid),
      gid: Number(gid),
      home: /** @type {string} */ (home),
      password,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * The password goes through a pipe: arguments are visible to everybody on the machine.
 * @param {string} name
 * @param {string} password
 */
async function setPassword(name, password) {
  const child = spawn('chpasswd', { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.end(`${name}:${password}\n`);
  const [code] = await ended;
  if (code !== 0)
    throw new SetupError(
      `chpasswd failed with exit code ${code} for ${name}.`,
      'Check the password rules in /etc/pam.d.',
    );
}
