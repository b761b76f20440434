/** Starts a helper and waits until it serves. Called by `Helpers` where no helper answers. */
import { spawn } from 'node:child_process';
import type { Privilege } from '../../protocol/container';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { authorize } from './authorize';
import { withTokenFile } from './helperSocket';

export interface HelperLaunch {
  readonly privilege: Privilege;
  /** Absolute path of dist/helper.js. */
  readonly program: string;
  /** The folder of the socket: the user's, mode 0700. */
  readonly directory: string;
  readonly socket: string;
  readonly token: string;
}

/** Longest wait for a helper that needs no password, in milliseconds. */
const launchTimeoutMs = 20_000;
/** At most so many characters of a failing helper's stderr are kept: its end. */
const maxReason = 2000;

/** @throws TerrariumError `helper-failed`, and those of `authorize` */
export async function launchHelper(options: HelperLaunch): Promise<void> {
  await withTokenFile(options.directory, options.token, async (tokenFile) => {
    const argv = [
      ...[options.program, 'serve', '--directory', options.directory, '--socket', options.socket],
      ...['--token-file', tokenFile, '--detach'],
      ...['--uid', String(process.getuid?.() ?? 0), '--gid', String(process.getgid?.() ?? 0)],
    ];
    if (options.privilege === 'root' && process.geteuid?.() !== 0)
      await authorize({ directory: options.directory, program: process.execPath, argv });
    else await launchDirectly(argv);
  });
}

/** The helper's own error line (`terrarium: …`), or the first line of Node that names an error. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const own = lines.find((line) => line.startsWith('terrarium: '))?.slice('terrarium: '.length);
  return escapeControlCharacters(
    own ?? lines.find((line) => line.includes('Error')) ?? 'it gave no reason.',
  );
}

/** Without sudo: the extension host is root, or the helper is rootless. */
async function launchDirectly(argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, argv, {
    detached: true,
    cwd: '/',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let reason = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    reason = (reason + text).slice(-maxReason);
  });
  // "exit", not "close": the detached helper may still hold the pipe.
  const status = await new Promise<number | string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve('no answer');
    }, launchTimeoutMs);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      setImmediate(() => resolve(code ?? signal ?? 'unknown'));
    });
  });
  child.stderr.destroy();
  child.unref();
  if (status === 0) return;
  throw new TerrariumError(
    'helper-failed',
    `The helper did not start (${status}): ${reasonIn(reason)}`,
    'See the log; "Choose Privilege…" offers another way.',
    { cause: new Error(reason) },
  );
}
