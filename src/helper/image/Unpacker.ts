/**
 * Writes entries below a folder by the machine's tar, confined (Confinement.ts). Several archives after each
 * other are one for tar, as long as nothing has to be removed between them. Used by importBundle.ts.
 */
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import { Remover, fewRemovals } from './Remover';
import { type Confined, type Confinement, endOf, killConfined } from './Confinement';

/** All that making files of other owners takes; CAP_SYS_ADMIN, CAP_SYS_CHROOT and the like it has not. */
const capabilities = '-all,+chown,+dac_override,+fowner,+fsetid,+mknod,+setfcap';

/**
 * Names are as they are in the archive: absolute ones too, and links are followed, because the root is the
 * folder itself. (No --recursive-unlink: it removes folders that an entry only gives other attributes.)
 */
const words = [
  ...['-C', '/', '--extract', '--file=-', '--absolute-names'],
  ...['--numeric-owner', '--same-permissions', '--delay-directory-restore', '--xattrs'],
  ...['--xattrs-include=user.*', '--xattrs-include=security.capability'],
  '--xattrs-include=system.posix_acl_*',
  ...['--warning=no-timestamp', '--quoting-style=escape', '--blocking-factor=128'],
];

interface Running {
  readonly child: Confined;
  readonly end: ReturnType<typeof endOf>;
  hasEnded: boolean;
  /** Called where it ends while something is written to it. */
  wake?: () => void;
}

export class Unpacker {
  private running: Running | undefined;
  private waiting: Buffer[] = [];
  private writing: Promise<void> | undefined;
  readonly warnings: string[] = [];
  private readonly remover: Remover;

  /** @param folder the root of the entries; `pathOf` a held one */
  constructor(
    private readonly confinement: Confinement,
    readonly folder: string,
  ) {
    this.remover = new Remover(confinement, folder, capabilities);
  }

  /** Makes the place for tar, beside what else there is to be done before there are entries. */
  async begin(): Promise<void> {
    this.running = await this.start();
  }

  /** Is not copied: the bytes may become others when `flush` was waited for twice. */
  add(bytes: Buffer): void {
    this.waiting.push(bytes);
  }

  /** @throws TerrariumError `unpack-failed` */
  async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length === 0) return this.written();
    const bytes = waiting.length > 1 ? Buffer.concat(waiting) : waiting[0]!;
    const running = (this.running ??= await this.start());
    await this.written();
    // What comes next is read while tar works on this.
    this.writing = new Promise((done) => {
      running.wake = done;
      running.child.stdin.write(bytes, () => done());
    });
  }

  /** @throws TerrariumError `unpack-failed` */
  private async written(): Promise<void> {
    const { running } = this;
    if (!running) return;
    await this.writing;
    if (!running.hasEnded) return;
    await this.finish();
    throw failed('tar', 'it has ended before the archive has');
  }

  /** Everything that was added is on the disk. @throws TerrariumError `unpack-failed` */
  async finish(): Promise<void> {
    if (!this.running?.hasEnded) await this.flush();
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    this.writing = undefined;
    running.child.stdin.end(Buffer.alloc(2 * 512));
    const { ok, said } = await running.end;
    this.judge(ok, said);
  }

  /** @param whole paths that go with all below them @param childrenOf folders that become empty */
  async remove(whole: readonly string[], childrenOf: readonly string[]): Promise<void> {
    if (whole.length + childrenOf.length === 0) return;
    await this.finish();
    if (whole.length + childrenOf.length <= fewRemovals) {
      requireRemoved('find', await this.remover.remove(whole, childrenOf));
      return;
    }
    await this.forEach('find', childrenOf, ['-I{}'], ['{}', '-mindepth', '1', '-delete']);
    await this.forEach('rm', whole, [], ['-rf', '--']);
  }

  /** Nothing of it runs any more. */
  async abort(): Promise<void> {
    this.remover.abort();
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    killConfined(running.child);
    await running.end.catch(() => undefined); // the reason for aborting is what is told
  }

  private async start(): Promise<Running> {
    const owner = this.confinement.ids === 'own' ? '--no-same-owner' : '--same-owner';
    const child = await this.confinement.run('tar', [...words, owner], {
      ...{ folder: this.folder, capabilities },
    });
    child.stdout.resume();
    const running: Running = { child, end: endOf(child), hasEnded: false };
    const ended = () => {
      running.hasEnded = true;
      running.wake?.();
    };
    void running.end.then(ended, ended);
    return running;
  }

  /** By xargs(1): Node can give a program no name that is not UTF-8. */
  private async forEach(
    program: 'find' | 'rm',
    paths: readonly string[],
    options: readonly string[],
    words: readonly string[],
  ): Promise<void> {
    if (paths.length === 0) return;
    const child = await this.confinement.run(
      'xargs',
      (call) => ['-0', ...options, ...call(program), ...words],
      { folder: this.folder, capabilities, others: [program] },
    );
    const end = endOf(child);
    child.stdout.resume();
    child.stdin.end(Buffer.from(paths.map((path) => `/${path}\0`).join(''), 'latin1'));
    const { ok, said } = await end;
    if (!ok) requireRemoved(program, said);
  }

  private judge(ok: boolean, said: string): void {
    if (!ok) throw failed('tar', said);
    for (const line of said.split('\n'))
      if (line !== '') this.warnings.push(escapeControlCharacters(line).slice(0, 300));
  }
}

/**
 * xargs finds no /dev/null, or one of the tree, which opens nothing. cp --parents takes the folders above a file as
 * relative ones: tar gives them their attributes.
 */
const expected = /^\.\/xargs: '\/dev\/null': |^\.\/cp: 'from\//;

/** A layer may hide what is not there. @throws TerrariumError `unpack-failed` */
function requireRemoved(program: string, said: string): void {
  const lines = said.split('\n').filter((line) => line !== '' && !expected.test(line));
  const missing = lines.every((line) => /: (No such file|Not a dir)/.test(line));
  if (!missing) throw failed(program, lines.join('\n'));
}

/**
 * What cp said of a tree that may be in use.
 * @returns what is to be told
 * @throws TerrariumError `unpack-failed`
 */
export function judgeCopy({ ok, said }: { ok: boolean; said: string }): string[] {
  const lines = said.split('\n').filter((line) => line !== '' && !expected.test(line));
  const isHarmless =
    said !== '' && lines.every((line) => /cannot stat .*: No such file/.test(line));
  if (!ok && !isHarmless) throw failed('cp', lines.join('\n'));
  return lines.map((line) => escapeControlCharacters(line.replace(/^\.\/cp: /, '')).slice(0, 300));
}

function failed(program: string, said: string): TerrariumError {
  const [line = 'nothing, and has been killed'] = said.split('\n').filter((one) => one !== '');
  const reason = escapeControlCharacters(line.replace(/^(\.\/)?(tar|cp): /, '')).slice(0, 400);
  // A write(2) that fills the disk has no errno.
  const remedy = /No space left|: Wrote only \d+ of/.test(said)
    ? 'Make room on the disk, or choose another folder.'
    : /Disk quota/.test(said)
      ? 'Your quota of the disk is used up: choose another folder.'
      : 'Nothing was left behind. If the archive is good for “tar”, report this.';
  return new TerrariumError(
    'unpack-failed',
    `The archive cannot be unpacked: ${program} says “${reason}”.`,
    remedy,
  );
}
