import assert from 'node:assert/strict';
import {
  type DebugSubject,
  debuggers,
  languageOf,
  unfitPath,
} from '../../../../src/ui/model/debugConfigurations';

const subject: DebugSubject = {
  name: 'server',
  hostPid: 4711,
  container: 'box',
  rootfs: '/work space/b"ox/rootfs',
  program: '/work space/b"ox/rootfs/usr/bin/server',
  exe: '/usr/bin/server',
  ownNetwork: false,
  inspector: { port: 9230, isOpen: true },
};

const of = (type: string, more: Partial<DebugSubject> = {}) =>
  debuggers
    .map((choice) => choice.configuration({ ...subject, ...more }))
    .find((it) => it.type === type);

describe('launch configurations for a process of a container', () => {
  it('know a process by its number on the host, each debugger in its own way', () => {
    assert.equal(of('cppdbg')?.processId, '4711');
    assert.equal(of('lldb')?.pid, 4711);
    assert.equal(of('debugpy')?.processId, 4711);
    for (const choice of debuggers) {
      const { request, name } = choice.configuration(subject);
      assert.deepEqual([request, name], ['attach', 'server (4711) in box']);
    }
  });

  it('take programs and libraries from the rootfs', () => {
    assert.equal(of('cppdbg')?.program, subject.program);
    assert.deepEqual(of('cppdbg')?.setupCommands, [{ text: `set sysroot ${subject.rootfs}` }]);
    assert.deepEqual(of('lldb')?.initCommands, [
      'platform select --sysroot "/work space/b\\"ox/rootfs" host',
    ]);
    assert.deepEqual(of('debugpy')?.pathMappings, [{ localRoot: subject.rootfs, remoteRoot: '/' }]);
    assert.deepEqual([of('node')?.localRoot, of('node')?.remoteRoot], [subject.rootfs, '/']);
  });

  it('reach Node by its port, and leave what has a PID of the inside alone', () => {
    const { address, port, processId, autoAttachChildProcesses, attachExistingChildren } =
      of('node')!;
    assert.deepEqual([address, port, processId], ['127.0.0.1', 9230, undefined]);
    assert.deepEqual([autoAttachChildProcesses, attachExistingChildren], [false, false]);
  });

  it('have nothing in their names that VS Code resolves', () => {
    const [name, container] = ['${input:x} $${env:HOME}', 'b${command:workbench.action.quit}'];
    for (const choice of debuggers) {
      const configuration = choice.configuration({ ...subject, name, container });
      assert.doesNotMatch(JSON.stringify(configuration), /\$\{/);
      assert.equal(
        configuration.name,
        '$ {input:x} $$ {env:HOME} (4711) in b$ {command:workbench.action.quit}',
      );
    }
  });

  it('are refused paths that VS Code or a debugger would read something else in', () => {
    assert.equal(unfitPath(subject), undefined);
    assert.equal(unfitPath({ ...subject, program: undefined }), undefined);
    assert.equal(unfitPath({ ...subject, rootfs: '/a $b {c}/rootfs' }), undefined);
    for (const name of ['${command:x}', 'a\nshell id', 'a\rb', 'a\0', 'a\x1b[2J', 'a\x7f']) {
      assert.equal(unfitPath({ ...subject, rootfs: `/w/${name}/rootfs` }), `/w/${name}/rootfs`);
      assert.equal(unfitPath({ ...subject, program: `/bin/${name}` }), `/bin/${name}`);
    }
  });

  it('leave lldb nothing to evaluate in a path', () => {
    assert.deepEqual(of('lldb', { rootfs: '/w/`1+1`/rootfs' })?.initCommands, [
      'platform select --sysroot "/w/\\`1+1\\`/rootfs" host',
    ]);
  });

  it('leave a program that is not in the rootfs to the kernel’s link', () => {
    assert.equal(of('cppdbg', { program: undefined })?.program, '/proc/4711/exe');
  });

  it('are chosen by the program, not by what the process calls itself', () => {
    assert.equal(languageOf({ exe: '/usr/bin/python3.11', name: 'gunicorn' }), 'python');
    assert.equal(languageOf({ exe: '/usr/local/bin/node', name: 'vite' }), 'node');
    assert.equal(languageOf({ exe: '/bin/busybox', name: 'node' }), 'native');
    assert.equal(languageOf({ exe: undefined, name: 'python3' }), 'python');
    const labels = (language: 'native' | 'python' | 'node') =>
      debuggers.filter((choice) => choice.suits(language)).map(({ extension }) => extension);
    assert.deepEqual(labels('native'), ['ms-vscode.cpptools', 'vadimcn.vscode-lldb']);
    assert.equal(labels('python')[0], 'ms-python.debugpy');
    assert.equal(labels('node')[0], 'ms-vscode.js-debug');
  });
});
