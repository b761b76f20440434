/** How a command ends this process: with its status, or with the line that says why it failed. */
import { messageOf } from '../../core/errors';
import { UsageError, usageHint } from './callWords';
import { failedCommand } from './lastResort';

export function endAs(command: Promise<number>): void {
  command.then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      const hint = error instanceof UsageError ? `${usageHint}\n` : '';
      process.stderr.write(`terrarium: ${messageOf(error)}\n${hint}`);
      process.exitCode = statusOf(error);
    },
  );
}

/** A program that cannot run has that of a shell: CommandError, which each command would load for this. */
function statusOf(error: unknown): number {
  const { exitCode } = error as { readonly exitCode?: unknown };
  return typeof exitCode === 'number' ? exitCode : failedCommand;
}
