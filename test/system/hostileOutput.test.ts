/** What a container prints reaches nothing but its own screen, and holds nobody else. */
import assert from 'node:assert/strict';
import { Workplace, privileges, until, usePlace } from './containers';
import { type Client, useServed } from './serving';

/** Commands to an editor's terminal, and what a terminal takes long for. */
const commands =
  '\\033]52;c;?\\007\\033]52;c;aGVsbG8=\\007\\033]9;a note\\007\\033]777;notify;a;b\\007\\033]633;A\\007\\302\\005\\23552;c;?\\007\\n';
const slow = 'x\\033[2147483647b\\033[2147483647L\\033[2147483647I\\033[2147483647S';

describe('hostile output', function () {
  this.timeout(120_000);
  let place: Workplace;
  usePlace((opened) => (place = opened));

  for (const privilege of privileges)
    describe(privilege, () => {
      let client: Client;
      useServed(
        () => place,
        privilege,
        (connected) => (client = connected),
      );

      it('commands no editor: from the console, from a session, now and for who comes later', async () => {
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          process.args = ['/bin/sh', '-c', `printf '${commands}'; echo printed; exec cat`];
        });
        const { id, console } = await client.start(bundle);
        const args = ['/bin/sh', '-c', `printf '${commands}'; echo printed; exec cat`];
        const { stream } = await client.rpc.request('openSession', {
          id,
          args,
          cols: 80,
          rows: 24,
        });
        for (const name of [console, stream]) {
          for (let time = 0; time < 2; time++) {
            const screen = await client.attach(name);
            let bytes = '';
            screen.stream.on('data', (chunk: Buffer) => (bytes += chunk.toString('latin1')));
            await screen.shows(/^printed$/m);
            for (const introducer of ['\x1b]', '\xc2\x9d'])
              assert.equal(bytes.includes(introducer), false, 'an operating system command');
            screen.close();
          }
        }
      });

      it('holds the helper neither while it is printed nor while its screen is written down', async () => {
        const cell =
          'i=0; l=; while [ $i -lt 400 ]; do l="$l\\033[38;5;$((i % 256));48;5;$((i * 7 % 256))mX"; i=$((i+1)); done';
        const fill = 'i=0; while [ $i -lt 1000 ]; do printf "$l\\n"; i=$((i+1)); done';
        const bundle = await place.bundle(privilege, 'safe', ({ process }) => {
          const flood = `i=0; while [ $i -lt 200 ]; do printf '${slow}'; i=$((i+1)); done`;
          process.args = [
            '/bin/sh',
            '-c',
            `read go; ${cell}; ${flood}; ${fill}; printf '\\033[0m\\nfi''lled\\n'; exec cat`,
          ];
        });
        const { console } = await client.start(bundle);
        let longest = 0;
        let over = false;
        const asking = (async () => {
          while (!over) {
            const before = performance.now();
            await client.rpc.request('hello', { client: 'test' });
            longest = Math.max(longest, performance.now() - before);
          }
        })();
        // Nothing is drawn here: that would keep us from hearing the answers.
        const watch = async () => {
          const stream = await client.rpc.openStream(console, { cols: 400, rows: 100 });
          const seen = { stream, bytes: 0, end: '' };
          stream.on('data', (chunk: Buffer) => {
            seen.bytes += chunk.length;
            seen.end = (seen.end + chunk.toString('latin1')).slice(-100);
          });
          stream.resume();
          return seen;
        };
        const now = await watch();
        now.stream.write('\n');
        await until('the end', () => now.end.includes('filled'), 60_000);
        const later = await watch();
        await until(
          'the screen',
          () => later.bytes > 100_000 && later.end.includes('filled'),
          60_000,
        );
        over = true;
        await asking;
        assert.ok(longest < 1000, `an answer took ${Math.round(longest)} ms`);
      });
    });
});
