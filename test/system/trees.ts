/** Trees of files for imports, and a line for each file with all that is to be the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** @returns what it printed */
export function sh(script: string, cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-euc', script, 'sh', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.equal(status, 0, `${script}\n${stderr}`);
  return stdout;
}

/** A little of all that a tar archive can hold; made by root. */
export function makeTree(folder: string): void {
  sh(
    `mkdir -p "$1"; cd "$1"
    mkdir -p etc bin dev run var/lib d/x d/y
    printf 'root:x:0:0::/root:/bin/sh\\napp:x:1234:1300::/var:/bin/sh\\n' > etc/passwd
    printf 'root:x:0:\\nmore:x:77:app\\n' > etc/group
    cp /bin/busybox bin/busybox; ln bin/busybox bin/hard; ln -s busybox bin/sh; chmod 4755 bin/hard
    ln -s /run var/run; mkfifo dev/fifo; mknod dev/null c 1 3; mknod dev/disk b 7 99
    echo x > d/x/file; chown 1234:55 d/x/file; chmod 640 d/x/file; chmod 1777 d/y
    truncate -s 3M d/sparse; echo end >> d/sparse
    printf x > "$(printf 'd/n\\377\\303\\244')"; setfattr -n user.colour -v red etc/passwd
    setfattr -n system.posix_acl_access -v 0x0200000001000600ffffffff02000400d204000004000400ffffffff10000400ffffffff20000400ffffffff etc/passwd
    setfattr -n system.posix_acl_default -v 0x0200000001000700ffffffff04000500ffffffff080005004d00000010000500ffffffff20000500ffffffff d/y
    cp /bin/true bin/capable; setcap cap_net_raw=ep bin/capable
    long=$(printf 'l%.0s' $(seq 200)); mkdir "$long"; echo long > "$long/$long"; ln -s "$long/$long" far
    find . -depth -exec touch -h -d '2001-02-03 04:05:06.789' {} +`,
    '/',
    folder,
  );
}

/** Name → type, mode, owner, time, size, target, digest, xattrs, links: all of it as text. */
export function manifestOf(folder: string, seconds = false): Map<string, string> {
  const lines = new Map<string, string>();
  const inodes = new Map<bigint, string>();
  const visit = (way: Buffer) => {
    const file = Buffer.concat([Buffer.from(folder), way]);
    const stat = lstatSync(file, { bigint: true });
    const name = way.toString('latin1') || '/';
    const first = inodes.get(stat.ino);
    if (!stat.isDirectory()) inodes.set(stat.ino, first ?? name);
    const time = seconds ? stat.mtimeNs / 1_000_000_000n : stat.mtimeNs;
    lines.set(
      name,
      [stat.mode.toString(8), `${stat.uid}:${stat.gid}`, time, contentOf(file, stat), first ?? '']
        .map(String)
        .join(' '),
    );
    if (stat.isDirectory())
      for (const child of readdirSync(file, { encoding: 'buffer' }))
        visit(Buffer.concat([way, Buffer.from('/'), child]));
  };
  visit(Buffer.alloc(0));
  for (const [name, xattrs] of xattrsBelow(folder)) lines.set(name, `${lines.get(name)} ${xattrs}`);
  return lines;
}

function contentOf(file: Buffer, stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return readlinkSync(file, { encoding: 'latin1' });
  if (stat.isFile()) return createHash('sha256').update(readFileSync(file)).digest('hex');
  return stat.isDirectory() ? '' : String(stat.rdev);
}

function* xattrsBelow(folder: string): Generator<[string, string]> {
  const dump = sh(
    'getfattr -R -P -h -d -m "^(user|security|system[.]posix_acl)" -e hex . 2>/dev/null',
    folder,
  );
  for (const part of dump.split('\n\n')) {
    const [head = '', ...lines] = part.split('\n');
    const name = head
      .replace(/^# file: \.?/, '')
      .replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
    const kept = lines.filter((line) => line !== '').sort();
    if (kept.length > 0) yield [name.startsWith('/') ? name : `/${name}`, kept.join(' ')];
  }
}

/** The names whose lines differ, with both. */
export function differences(wanted: Map<string, string>, got: Map<string, string>): string[] {
  return [...new Set([...wanted.keys(), ...got.keys()])]
    .filter((name) => wanted.get(name) !== got.get(name))
    .sort()
    .map((name) => `${name}: ${wanted.get(name)} → ${got.get(name)}`);
}
