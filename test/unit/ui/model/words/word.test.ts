// What each word says is short, has a manual page, and is there for all that the kernel and config.json have.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { capabilityNames } from '../../../../../src/core/procfs/capabilities';
import { MountOption } from '../../../../../src/core/config/mountOptionSchema';
import { namespaceTypes } from '../../../../../src/core/config/namespaceTypes';
import { ResourceType } from '../../../../../src/core/config/schema';
import { LinuxConfig } from '../../../../../src/core/config/linuxSchema';
import { Seccomp } from '../../../../../src/core/config/seccompSchema';
import { ContainerState } from '../../../../../src/protocol/container';
import { processStates } from '../../../../../src/protocol/processState';
import { type WordKind, word, wordKinds, wordsOf } from '../../../../../src/ui/model/words/word';

const t = (text: string) => text;

function requireAll(kind: WordKind, names: readonly string[]): void {
  assert.ok(names.length > 1);
  for (const name of names) assert.ok(word(kind, name, t), `${kind} ${name}`);
}

describe('a word', () => {
  for (const kind of wordKinds)
    it(`for a ${kind} is one or two sentences of at most 200 characters, with a manual page`, () => {
      const words = wordsOf(kind, t);
      assert.ok(words.size > 1);
      for (const [name, { text, section }] of words) {
        assert.ok(text.length <= 200, `${name}: ${text.length} characters`);
        assert.match(text, /^[^\s].*\.$/, name);
        assert.ok(text.split(/[.?!] (?=\p{Lu})/u).length <= 2, `${name}: ${text}`);
        assert.doesNotMatch(text, /[*`[\]<>|]/, `${name}: it is shown as Markdown`);
        assert.match(section, /^[\w.-]+\([1-8]\)$/, name);
        assert.deepEqual(word(kind, name, t), { text, section }, name);
      }
    });

  it('is there for every capability', () => {
    requireAll('capability', capabilityNames);
    requireAll(
      'capability',
      capabilityNames.map((name) => `CAP_${name}`),
    );
    const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
    assert.ok(capabilityNames.length > last, 'this kernel has more');
  });

  it('is there for every namespace, in the words of the kernel and of config.json', () => {
    requireAll('namespace', Object.keys(namespaceTypes));
    requireAll(
      'namespace',
      Object.values(namespaceTypes).map(({ file }) => file),
    );
  });

  it('is there for every mount option that config.json offers, and for each of all mounts below', () => {
    requireAll('mountOption', MountOption.meta()!.examples as string[]);
    const propagations = LinuxConfig.shape.rootfsPropagation.unwrap().options;
    requireAll('mountOption', propagations);
    const flags = ['ro', 'rw', 'suid', 'dev', 'exec', 'atime', 'diratime', 'relatime', 'symfollow'];
    requireAll(
      'mountOption',
      [...flags, ...flags.slice(2).map((flag) => `no${flag}`)].flatMap((flag) => [
        flag,
        `r${flag}`,
      ]),
    );
  });

  it('is there for every state of a process and of a container', () => {
    requireAll('processState', processStates);
    requireAll('containerState', [...ContainerState.options, 'paused']);
  });

  it('is there for every resource limit and seccomp action of config.json', () => {
    requireAll('limit', ResourceType.options);
    requireAll('seccompAction', Seccomp.shape.defaultAction.options);
  });

  it('is there for every signal that is offered, by name and by number', () => {
    assert.ok(word('signal', 'KILL', t));
    assert.deepEqual(word('signal', 'KILL', t), word('signal', 'SIGKILL', t));
    assert.deepEqual(
      word('signal', String(constants.signals.SIGKILL), t),
      word('signal', 'kill', t),
    );
  });

  it('is one for the files of all processes and cgroups', () => {
    for (const name of ['/proc/self/uid_map', '/proc/4711/uid_map', '/proc/$$/uid_map'])
      assert.match(word('file', name, t)?.text ?? '', /users inside/, name);
    assert.match(word('file', '/proc/self/fd/3', t)?.text ?? '', /open files/);
    assert.match(word('file', '/sys/fs/cgroup/box/pids.max', t)?.text ?? '', /Maximum number/);
    assert.match(word('file', '/proc/1/ns/', t)?.text ?? '', /A link for each namespace/);
  });

  it('is nothing for what only an object has', () => {
    for (const kind of wordKinds)
      for (const name of ['constructor', '__proto__', 'toString', ''])
        assert.equal(word(kind, name, t), undefined, `${kind} ${name}`);
  });

  it('is in the language of who asks', () => {
    const german = (text: string) => `de: ${text}`;
    assert.match(word('capability', 'KILL', german)!.text, /^de: /);
    assert.doesNotMatch(word('capability', 'KILL', t)!.text, /^de: /);
  });
});
