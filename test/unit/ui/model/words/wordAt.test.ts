// The word below the pointer in shell code.
import assert from 'node:assert/strict';
import { shellSpots } from '../../../../../src/ui/model/words/shell/shellSpots';
import { simpleCommands } from '../../../../../src/ui/model/words/shell/simpleCommands';
import { wordAt, wordsIn } from '../../../../../src/ui/model/words/shell/wordAt';

const t = (text: string) => text;

/** `kind name` of what the bracket points to: `mount -t [proc none /x`. */
function pointed(marked: string): string | undefined {
  const offset = marked.indexOf('▸');
  const found = wordAt(marked.replace('▸', ''), offset, t);
  return found && `${found.kind} ${found.name}`;
}

describe('the word below the pointer', () => {
  const cases: readonly (readonly [code: string, expected: string | undefined])[] = [
    ['▸mount -t proc none /proc', 'command mount'],
    ['mount ▸-t proc none /proc', 'option mount -t'],
    ['mount -t ▸proc none /proc', 'filesystem proc'],
    ['mount -t proc ▸none /proc', 'filesystem none'],
    ['mount -t proc none ▸/proc', 'file /proc'],
    ['mount -o bind,▸nosuid,ro /a /b', 'mountOption nosuid'],
    ['mount -o ro,▸size=64m tmpfs /b', 'mountOption size=64m'],
    ['sudo unshare --pid ▸--fork bash', 'option unshare --fork'],
    ['sudo ▸unshare --pid --fork bash', 'command unshare'],
    ['sudo unshare --pid --fork ▸bash', 'command bash'],
    ['unshare -▸Urm bash', 'option unshare -U'],
    ['unshare -U▸rm bash', 'option unshare -r'],
    ['unshare --propagation=▸slave sh', 'mountOption slave'],
    ['nsenter --target=$pid --mount --wd -- ▸pivot_root . .', 'command pivot_root'],
    ['chroot box ▸/bin/sh', 'command sh'],
    ['cd ./dev && ▸mount -t tmpfs tmpfs .', 'command mount'],
    ['for name in mount ps; do ▸ln -s busybox $name; done', 'command ln'],
    ['for name in ▸mount ps; do ln -s busybox $name; done', undefined],
    ['setpriv --bounding-set=-all,+▸kill --no-new-privs sh', 'capability kill'],
    ['kill ▸-9 1', 'signal 9'],
    ['kill ▸-TERM 1', 'signal TERM'],
    ['kill -s ▸KILL 1', 'signal KILL'],
    ['ps ▸-ef', 'option ps -e'],
    ['ps -o pid,▸ppid,comm', 'column ppid'],
    ['readlink /proc/self/ns/▸pid', 'namespace pid'],
    ['readlink ▸/proc/self/ns/pid', 'file /proc/self/ns/'],
    ['cat /proc/$$/▸uid_map', 'file /proc/$$/uid_map'],
    ['cat < ▸/proc/self/status', 'file /proc/self/status'],
    ['cat /proc/self/status 2> ▸/dev/null', 'file /dev/null'],
    ['cp "$(▸command -v busybox)" box', 'command command'],
    ["bash -c '▸mount -t proc none /proc'", 'command mount'],
    ['# ▸mount is not typed', undefined],
    ['echo "▸mount"', undefined],
    ['PATH=/bin ▸unshare --pid sh', 'command unshare'],
    ['echo ▸$$', undefined],
    ['$ ▸id\nuid=0', 'command id'],
    ['$ id\n▸ps is what was printed', undefined],
    ['/ # ▸ps', 'command ps'],
    ['▸toString', undefined],
    ['mount -o ▸constructor a b', undefined],
    ['constructor -o a; ▸mount', 'command mount'],
    ['toString a | constructor b; ▸mount', 'command mount'],
    ['sh -c "su -c \'▸mount\'"', undefined],
  ];
  for (const [code, expected] of cases)
    it(`in “${code}” is ${expected ?? 'none'}`, () => assert.equal(pointed(code), expected));

  it('covers what it is about, and nothing beside it', () => {
    const code = 'sudo mount -o ro,nosuid /dev/null "/proc/self/fd"';
    const parts = wordsIn(code, t).map(({ start, end }) => code.slice(start, end));
    assert.deepEqual(parts, ['sudo', 'mount', '-o', 'ro', 'nosuid', '/dev/null', '"/proc/self/f']);
  });

  it('is found in time, whatever a file has for code', () => {
    const pieces = [
      '$(',
      '"',
      "'",
      '`',
      '\\',
      '${',
      'sudo ',
      '#',
      '\n',
      ';',
      'bash -c ',
      '-',
      '\f',
    ];
    for (const piece of [...pieces, 'sudo $(', 'bash -c \'"', '"$(']) {
      const code = piece.repeat(20_000);
      const start = performance.now();
      shellSpots(code, () => false);
      assert.ok(performance.now() - start < 5000, JSON.stringify(piece));
    }
  });

  it('takes no time that doubles with each substitution in the code of a shell', () => {
    const code = `${'sh -c "$('.repeat(30)}${')"'.repeat(30)}`;
    const start = performance.now();
    shellSpots(code, () => false);
    assert.ok(performance.now() - start < 2000);
  });

  it('stands where the code has it', () => {
    for (const code of ['a "b c" d\\ e', "x=1 a 'b'>c;d|e", 'a $(b "c") `d`', 'a#b #c\nd'])
      for (const { start, end, text } of simpleCommands(code).flat())
        if (/^\w+$/.test(text))
          assert.ok(code.slice(start, end).includes(text), `${code}: ${text}`);
  });
});
