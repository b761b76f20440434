/** `helper.js run BUNDLE [-- COMMAND...]`: a container in the foreground, with the caller's own privilege. */
import { checkCommand } from '../core/bundle/checkCommand';
import type { Bundle } from '../core/bundle/loadBundle';
import { loadBundleOrFolder } from '../core/bundle/loadBundleOrFolder';
import { launchContainer } from './launch/launchContainer';

/** Signals that the caller may send and the payload should see. */
const passedOn: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

/**
 * Prints nothing of its own to standard output.
 * @returns the payload's exit status, 128 + N after signal N
 */
export async function run(folder: string, command: readonly string[]): Promise<number> {
  const loaded = await loadBundleOrFolder(folder);
  const bundle =
    command.length > 0 ? withCommand(loaded, command as [string, ...string[]]) : loaded;
  await checkCommand(bundle);
  const onWarning = (warning: string) => process.stderr.write(`terrarium: ${warning}\n`);
  if (process.stdin.isTTY && process.stdout.isTTY && bundle.config.process.terminal !== false) {
    // Only a terminal needs node-pty's native module.
    return (await import('./runInTerminal')).runInTerminal(bundle, onWarning);
  }
  // From here on a signal must reach the payload, or cancel what is not a payload yet.
  const cancel = new AbortController();
  let pass: (signal: NodeJS.Signals) => void = () => cancel.abort();
  for (const signal of passedOn) process.on(signal, () => pass(signal));
  const container = await launchContainer(bundle, { onWarning, signal: cancel.signal });
  pass = (signal) => container.signal(signal);
  const { code, message, outOfMemory } = await container.exited;
  // The one end that its status does not tell.
  if (outOfMemory) onWarning(message);
  return code;
}

function withCommand(bundle: Bundle, args: [string, ...string[]]): Bundle {
  const { config } = bundle;
  return { ...bundle, config: { ...config, process: { ...config.process, args } } };
}
