// What the benches of starts have in common: a folder with bundles and static payloads, and a helper with one client.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { projectRoot } from '../host/project.mjs';

/** Writes down when it runs (CLOCK_MONOTONIC, the clock of process.hrtime). */
const stampSource = `
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
  struct timespec now;
  char text[32];
  clock_gettime(CLOCK_MONOTONIC, &now);
  int length = snprintf(text, sizeof text, "%lld", now.tv_sec * 1000000000LL + now.tv_nsec);
  int file = open("/stamped", O_WRONLY | O_TRUNC);
  return file >= 0 && write(file, text, length) == length ? 0 : 1;
}
`;

const pauseSource = '#include <unistd.h>\nint main(void) { return pause(); }\n';

/** A folder with the bundles and the payload. */
export class Place {
  folder = mkdtempSync(join(tmpdir(), 'terrarium-bench-'));
  constructor() {
    chmodSync(this.folder, 0o755);
    for (const [name, source] of Object.entries({ stamp: stampSource, pause: pauseSource })) {
      writeFileSync(join(this.folder, `${name}.c`), source);
      this.compile(join(this.folder, `${name}.c`), name);
    }
    this.prototype = this.compile(join(projectRoot(), 'test/bench/prototype.c'), 'prototype');
  }

  /** @param {string} source @param {string} name @returns {string} the static program */
  compile(source, name) {
    const program = join(this.folder, name);
    const argv = ['-O2', '-static', '-Wall', '-Werror', '-o', program, source];
    const { status, stderr } = spawnSync('cc', argv, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${source} does not compile: ${stderr}`);
    return program;
  }

  /** @param {string} name @param {object} config */
  bundle(name, config) {
    const bundle = join(this.folder, name);
    for (const folder of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'root', 'usr'])
      mkdirSync(join(bundle, 'rootfs', folder), { recursive: true });
    for (const name of ['stamp', 'pause'])
      copyFileSync(join(this.folder, name), join(bundle, 'rootfs/bin', name));
    symlinkSync('bin/stamp', join(bundle, 'rootfs/init'));
    // systemd-nspawn starts nothing in a tree that has no system's name.
    writeFileSync(join(bundle, 'rootfs/etc/os-release'), 'ID=box\n');
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
    return bundle;
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `helper.js serve` and one client of it. */
export class Helper {
  /** @param {import('node:child_process').ChildProcess} child @param {import('vscode-jsonrpc').MessageConnection} connection */
  constructor(child, connection) {
    this.child = child;
    this.connection = connection;
    /** @type {Map<string, () => void>} */
    this.waiting = new Map();
    connection.onNotification('containerChanged', (info) => {
      if (info.state === 'stopped') this.waiting.get(info.bundle)?.();
    });
    /** @type {(stream: string) => void} */
    this.sessionEnded = () => undefined;
    connection.onNotification('streamEnded', ({ stream }) => this.sessionEnded(stream));
    connection.listen();
  }

  /** @param {string} folder */
  static async start(folder) {
    const directory = join(folder, 'run');
    mkdirSync(directory, { mode: 0o700 });
    const token = randomBytes(32).toString('hex');
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const helper = join(projectRoot(), 'dist/helper.js');
    const child = spawn(
      process.execPath,
      [helper, 'serve', '--directory', directory, '--socket', 'bench', '--token-file', tokenFile],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const socket = connect(join(directory, 'bench'));
    socket.write(`${JSON.stringify({ terrarium: 1, token, open: { kind: 'rpc' } })}\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    const connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    return new Helper(child, connection);
  }

  /** Starts the bundle and waits for its end. @param {string} bundle */
  async run(bundle) {
    const over = new Promise((resolve) => this.waiting.set(bundle, () => resolve(undefined)));
    await this.begin(bundle);
    await over;
  }

  /** As the editor asks for it. @param {string} bundle @returns {Promise<{ id: string, hostPid: number }>} */
  begin(bundle) {
    return this.connection.sendRequest('start', { bundle, kind: 'bundle', cols: 80, rows: 24 });
  }

  /** Runs a further program in a container to its end. @param {string} id @param {string[]} args */
  async session(id, args) {
    /** @type {Promise<string>} */
    let next = new Promise((resolve) => (this.sessionEnded = resolve));
    const { stream } = await this.connection.sendRequest('openSession', {
      ...{ id, args, cols: 80, rows: 24 },
    });
    while ((await next) !== stream) next = new Promise((resolve) => (this.sessionEnded = resolve));
  }

  /** @param {string} id */
  async end(id) {
    await this.connection.sendRequest('stop', { id, graceMs: 0 });
  }

  async stop() {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.connection.dispose();
    this.child.kill('SIGTERM');
    await gone;
  }
}
