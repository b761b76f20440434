import assert from 'node:assert/strict';
import { UsageError } from '../../../../src/helper/commands/callWords';
import {
  type Call,
  type OfBundles,
  parseCall,
  usage,
} from '../../../../src/helper/commands/parseCall';

describe('the words of the command line', () => {
  const calls: [line: string, call: Call & OfBundles][] = [
    [
      'run box',
      {
        command: 'run',
        folder: 'box',
        kind: undefined,
        stepwise: false,
        layer: false,
        payload: [],
      },
    ],
    [
      'run --bundle box -- ls --help -x',
      {
        ...{ command: 'run', folder: 'box', kind: 'bundle', stepwise: false, layer: false },
        payload: ['ls', '--help', '-x'],
      },
    ],
    [
      'run box --step -- sh --step',
      {
        ...{ command: 'run', folder: 'box', kind: undefined, stepwise: true, layer: false },
        payload: ['sh', '--step'],
      },
    ],
    [
      'plan box',
      { command: 'plan', folder: 'box', layer: false, kind: undefined, privilege: undefined },
    ],
    [
      'plan --rootfs-below /srv/a box --rootfs-below=b',
      {
        ...{ command: 'plan', folder: 'box', layer: false, kind: undefined, privilege: undefined },
        rootfsBelow: ['/srv/a', 'b'],
      },
    ],
    [
      'plan box --folder --privilege=rootless',
      { command: 'plan', folder: 'box', layer: false, kind: 'folder', privilege: 'rootless' },
    ],
    [
      'import a.tar box',
      {
        ...{ command: 'import', source: 'a.tar', bundle: 'box', startingPoint: 'notes' },
        ...{
          platform: undefined,
          maxSize: undefined,
          progress: false,
          watched: false,
          callersRights: false,
        },
        ...{ layer: false, vouched: undefined },
      },
    ],
    [
      'import --platform linux/arm64 --starting-point safe --max-size 2G --progress a.tar box',
      {
        ...{ command: 'import', source: 'a.tar', bundle: 'box', startingPoint: 'safe' },
        ...{
          platform: 'linux/arm64',
          maxSize: 2 * 1024 ** 3,
          progress: true,
          watched: false,
          callersRights: false,
          ...{ layer: false, vouched: undefined },
        },
      },
    ],
    ...(
      [
        ['file read box etc/motd', { task: 'read' }],
        ['file write --break-links box /etc/motd', { task: 'write', breakLinks: true }],
        ['file remove --recursive --folder box etc/motd', { task: 'remove', recursive: true }],
        ['file rename box etc/motd etc/new', { task: 'rename', to: '/etc/new' }],
        ['file count box etc/motd 100', { task: 'count', to: '/100', most: 100 }],
      ] as const
    ).map(([line, more]): [string, Call] => [
      line,
      {
        ...{ command: 'file', folder: 'box', path: '/etc/motd', to: '/', most: 0 },
        ...{ kind: line.includes('--folder') ? 'folder' : undefined },
        ...{ recursive: false, breakLinks: false, ...more },
      },
    ]),
    [
      'export box box.tar.gz',
      {
        ...{ command: 'export', folder: 'box', kind: undefined, target: 'box.tar.gz' },
        ...{ format: 'tar', reference: undefined },
        ...{ layer: false, reproducible: false, force: false, progress: false },
      },
    ],
    [
      'export --folder --format docker-archive --name a/b:1 --reproducible --force --progress box x',
      {
        ...{ command: 'export', folder: 'box', kind: 'folder', target: 'x' },
        ...{ format: 'docker-archive', reference: { name: 'a/b', tag: '1' } },
        ...{ layer: false, reproducible: true, force: true, progress: true },
      },
    ],
    [
      'layer save --force box layer.tar.gz',
      {
        ...{ command: 'export', folder: 'box', kind: undefined, target: 'layer.tar.gz' },
        ...{ format: 'tar', reference: undefined },
        ...{ layer: true, reproducible: false, force: true, progress: false },
      },
    ],
    ['changes --json box', { command: 'changes', folder: 'box', kind: undefined, json: true }],
    [
      'layer apply box /etc/motd new/',
      {
        ...{ command: 'layer', task: 'apply', folder: 'box', kind: undefined },
        paths: ['etc/motd', 'new'],
      },
    ],
    [
      'layer remove box',
      { command: 'layer', task: 'remove', folder: 'box', kind: undefined, paths: [] },
    ],
    [
      'baseline mark --progress box',
      {
        ...{ command: 'baseline', task: 'mark', folder: 'box', kind: undefined, paths: [] },
        ...{ json: false, progress: true, fewerUnreadThan: undefined },
      },
    ],
    [
      'baseline changes --json box /etc//motd ./usr/ /',
      {
        ...{ command: 'baseline', task: 'changes', folder: 'box', kind: undefined },
        ...{ paths: ['etc/motd', 'usr', '.'] },
        ...{ json: true, progress: false, fewerUnreadThan: undefined },
      },
    ],
    [
      'ownership look box',
      { command: 'ownership', task: 'look', folder: 'box', kind: undefined, place: '/' },
    ],
    [
      'ownership take --folder tree etc',
      { command: 'ownership', task: 'take', folder: 'tree', kind: 'folder', place: 'etc' },
    ],
    ['check', { command: 'check', folder: undefined }],
    ['check here', { command: 'check', folder: 'here' }],
    [
      'serve --directory /d --socket s --token-file /t --uid 7 --detach',
      {
        ...{ command: 'serve', directory: '/d', socketName: 's', tokenFile: '/t' },
        ...{ uid: 7, gid: undefined, detach: true },
      },
    ],
    ...['--help', '-h', 'help', 'run --help', 'plan -h box', 'serve --help'].map(
      (line): [string, Call] => [line, { command: 'help' }],
    ),
    ['--version', { command: 'version' }],
  ];
  for (const [line, call] of calls)
    it(`understands “${line}”`, () => assert.deepEqual(parseCall(line.split(' ')), call));

  /** What the message names, and how the call is to be made instead. */
  const wrong: [words: string[], problem: RegExp, remedy: RegExp][] = [
    [
      [],
      /No command/,
      /run, plan, ownership, lint, import, export, changes, layer, baseline, file, check, serve/,
    ],
    [['baseline'], /without what to do/, /mark, changes, show, forget/],
    [['baseline', 'show', 'box'], /without a PATH/, /file of the rootfs/],
    [['baseline', 'mark', 'box', 'etc'], /cannot use the word “etc”/, /whole rootfs/],
    [['baseline', 'forget', '--json', 'box'], /has no option --json/, /baseline changes/],
    [['baseline', 'changes', 'box', '../x'], /leads out of the rootfs/, /without “..”/],
    [['frob'], /“frob” is no command/, /run, plan/],
    [['toString'], /“toString” is no command/, /run, plan/],
    [['\x1b[31m'], /“\\x1b\[31m” is no command/, /run/],
    [['--version', 'box'], /“--version” takes no “box”/, /alone/],
    [['run'], /“run” is given without a FOLDER/, /bundle, or a root filesystem/],
    [['plan'], /“plan” is given without a FOLDER/, /bundle/],
    [['run', ''], /empty word for the FOLDER/, /unset variable/],
    [['check', ''], /empty word for the FOLDER/, /unset variable/],
    [['run', 'box', 'ls'], /the word “ls”/, /comes after "--"/],
    [['run', 'box', '-l'], /no option -l\b/, /of a COMMAND come after "--"/],
    [['run', '--frob', 'box'], /“run” has no option --frob/, /--bundle, --folder/],
    [['run', '--constructor', 'box'], /no option --constructor/, /--bundle/],
    [['run', '--bundle', '--folder', 'box'], /--bundle and --folder are both/, /Keep the one/],
    [['plan', '--step', 'box'], /“plan” has no option --step/, /--bundle, --folder/],
    [['run', '--bundle=yes', 'box'], /--bundle takes no value/, /Leave out “=yes”/],
    [['plan', '--privilege', 'foo', 'box'], /“foo” is no privilege/, /root .* or .*rootless/],
    [['plan', 'box', '--rootfs-below'], /--rootfs-below is given without a value/, /after it/],
    [['check', '--rootfs-below=/', 'box'], /“check” has no option/, /has none/],
    [['import', '--rootfs-below', '/a', 'a.tar', 'box'], /says nothing of “a.tar”/, /container:/],
    [['plan', 'box', '--privilege'], /--privilege is given without a value/, /after it/],
    [['plan', '--folder', '--folder', 'box'], /--folder is given twice/, /once/],
    [['plan', 'box', '--', 'ls'], /“plan” takes no command, such as “ls”/, /process\.args/],
    [['ownership'], /“ownership” is given without what to do/, /look, take, undo/],
    [['ownership', 'steal', 'box'], /“steal” is nothing/, /look, take, undo/],
    [['ownership', 'take'], /“ownership take” is given without a FOLDER/, /bundle/],
    [['ownership', 'undo', 'box', 'etc'], /the word “etc”/, /all that was taken/],
    [['ownership', 'look', 'box', ''], /empty word for the PATH/, /Name it/],
    [['export', 'box'], /without a TARGET/, /file or folder/],
    [['export', 'box', 'out'], /“out” does not tell/, /--format, one of tar, oci/],
    [['export', 'box', 'x', '--format', 'zip'], /“zip” is no format/, /tar, oci/],
    [['export', 'box', 'x.tar', '--name', 'a'], /--name is given/, /Leave it out/],
    [['file'], /“file” is given without what to do/, /stat, list, read/],
    [['file', 'chmod', 'box'], /“chmod” is nothing/, /stat, list, read/],
    [['file', 'read', 'box'], /takes one path/, /one path inside/],
    [['file', 'rename', 'box', 'a'], /takes two words/, /the new one/],
    [['file', 'count', 'box', '/', 'all'], /“all” is no number/, /how many/],
    [['check', 'a', 'b'], /the word “b”/, /one folder at a time/],
    [['check', '--json'], /“check” has no option --json/, /It has none/],
    [['serve'], /“serve” is called without --directory/, /Give/],
    [['serve', 'now'], /“serve” takes no “now”/, /options alone/],
    [
      ['serve', '--directory', '/d', '--socket', 's', '--token-file', '/t', '--uid', 'me'],
      /--uid is “me”, which is no id/,
      /Give a number/,
    ],
  ];
  for (const [words, problem, remedy] of wrong)
    it(`says what is wrong with “${JSON.stringify(words)}”`, () =>
      assert.throws(
        () => parseCall(words),
        (error: unknown) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.problem, problem);
          assert.match(error.remedy, remedy);
          assert.match(error.message, /^[^\n]+\.$/, 'one line');
          return true;
        },
      ));

  it('is all in the usage', () => {
    for (const [line] of calls) {
      const [command] = line.split(' ');
      assert.match(usage, new RegExp(`helper\\.js .*${command === '-h' ? '--help' : command}`));
    }
    assert.ok(usage.split('\n').every((line) => line.length <= 100));
  });
});
