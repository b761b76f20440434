// The steps behind a gate as people read them: masks and read-only paths as a loop over their places.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { maskSteps } from '../../../../src/core/sequence/maskSteps';
import { gateCommands } from '../../../../src/core/sequence/gateCommands';
import type { OciConfig } from '../../../../src/core/config/schema';

const configOf = (maskedPaths: string[], readonlyPaths: string[] = []) =>
  ({ mounts: [], linux: { namespaces: [], maskedPaths, readonlyPaths } }) as unknown as OciConfig;
const commandsOf = (config: OciConfig) =>
  gateCommands(maskSteps(config, 'program', () => ['nosuid']));

describe('gateCommands', () => {
  it('shows what is alike but for the place as one loop', () => {
    const [masks, ...others] = commandsOf(configOf(['/proc/kcore', '/proc/acpi']));
    assert.deepEqual(others, []);
    assert.match(masks!.why, /^Hide 2 places: a file behind \/dev\/null, a folder behind/);
    assert.deepEqual(masks!.lines, [
      'for place in proc/kcore proc/acpi; do',
      '  test -f "$place" && mount -o bind,ro,nosuid,noexec /dev/null "$place"',
      '  test -d "$place" && mount -t tmpfs -o ro,size=4k tmpfs "$place"',
      'done',
    ]);
    assert.match(commandsOf(configOf(['/proc/kcore']))[0]!.why, /^Hide \/proc\/kcore:/);
  });

  it('breaks a long list of places between them, and no name of one', () => {
    const places = Array.from({ length: 9 }, (_, at) => `/a place/number ${at}`);
    const { lines } = commandsOf(configOf(places))[0]!;
    const head = lines.slice(0, lines.findIndex((line) => line.endsWith('do')) + 1);
    assert.ok(head.length > 1 && head.every((line) => line.length < 100));
    const printed = execFileSync('sh', ['-c', `${head.join('\n')} echo "$place"; done`], {
      encoding: 'utf8',
    });
    assert.equal(printed, places.map((place) => `${place.slice(1)}\n`).join(''));
  });

  it('binds a place that is to be read-only on itself', () => {
    const { lines } = commandsOf(configOf([], ['/etc']))[0]!;
    assert.match(lines[1]!, /test -f "\$place" && mount -o bind,ro,nosuid "\$place" "\$place"/);
    assert.match(lines[2]!, /test -d "\$place" && mount -o rbind,ro,nosuid "\$place" "\$place"/);
  });

  it('breaks what is too long for a line between words, in the folder of the step', () => {
    const capabilities = Array.from({ length: 12 }, (_, at) => `+capability_${at}`).join();
    const argv = { id: 'x', where: 'namespaces', why: 'Why' } as const;
    const [long, links] = gateCommands([
      {
        ...argv,
        cwd: '/a',
        kind: 'mount',
        type: 'tmpfs',
        source: 's',
        name: '.',
        options: [capabilities],
      },
      {
        ...{ ...argv, cwd: '/dev', kind: 'symlinks' },
        links: Array.from(
          { length: 5 },
          (_, at) => [`/proc/self/fd/${at}`, `./name${at}`] as const,
        ),
      },
    ]);
    assert.deepEqual(long!.lines, [
      ...['cd ./a', 'mount -t tmpfs -o \\', `    ${capabilities} \\`, '    s .'],
    ]);
    assert.deepEqual(links!.lines.slice(0, 2), ['cd ./dev', 'ln -s /proc/self/fd/0 ./name0']);
    assert.equal(links!.lines.length, 6);
  });

  it('is taken by a shell as it stands, whatever the places are called', () => {
    const odd = ["/it's", '/a b', '/$(id)', ...Array.from({ length: 30 }, (_, at) => `/p${at}`)];
    for (const { lines } of commandsOf(configOf(odd))) {
      const loop = lines.join('\n').replace(/do[^]*done/, 'do printf "%s\\n" "$place"; done');
      const seen = execFileSync('/bin/sh', ['-c', loop], { encoding: 'utf8' });
      assert.deepEqual(
        seen.trimEnd().split('\n'),
        odd.map((one) => one.slice(1)),
      );
    }
  });
});
