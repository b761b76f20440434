/**
 * The terminal that `helper.js run` was started on, while a container prints to it: through the same filter
 * as a console, and afterwards as it was before. Used by `runInTerminal` and `callerStdio`.
 */
import { Transform } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { OutputFilter } from './filter/OutputFilter';
import type { TerminalSize } from './pty/Pty';

/** Where it does not say, or where nothing is known. */
const usualSize: TerminalSize = { cols: 80, rows: 24 };
/** How long answers may take that the terminal still owes, in milliseconds. */
const answersWithin = 1000;
/** When nothing has come for so long after the last one expected, that was all. */
const quietAfter = 100;
/** Device status report: any terminal answers it, and after all that was asked before. */
const [question, answer] = ['\x1b[5n', '\x1b[0n'];

export function sizeOf({ columns, rows }: WriteStream): TerminalSize {
  return columns > 0 && rows > 0 ? { cols: columns, rows } : usualSize;
}

/** What is written to it may go to `terminal`. At its end it takes back what the container has changed. */
export class FilteredOutput extends Transform {
  readonly outputFilter: OutputFilter;

  /** @param mayAsk false where the container does not read what the terminal answers */
  constructor(terminal: WriteStream, mayAsk = true) {
    const filter = new OutputFilter(sizeOf(terminal), mayAsk);
    super({
      transform: (chunk: Buffer, _encoding, done) => done(null, filter.write(chunk)),
      flush: (done) =>
        done(null, Buffer.concat([filter.end(), Buffer.from(filter.changes.remedy)])),
    });
    this.outputFilter = filter;
  }
}

/**
 * Takes the answers that the terminal still owes to questions of the container: what comes too late would
 * be typed into the shell that called us.
 */
export async function takeAnswers(stdin: ReadStream, stdout: WriteStream): Promise<void> {
  let read = '';
  let quiet: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    const limit = setTimeout(finish, answersWithin);
    function finish() {
      clearTimeout(limit);
      clearTimeout(quiet);
      stdin.off('data', take).off('close', finish);
      resolve();
    }
    function take(chunk: Buffer) {
      read = (read + chunk.toString('latin1')).slice(-1024);
      if (!read.includes(answer)) return;
      clearTimeout(quiet);
      quiet = setTimeout(finish, quietAfter);
    }
    stdin.on('data', take).on('close', finish);
    stdin.resume();
    stdout.write(question);
  });
}
