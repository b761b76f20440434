/**
 * Launch configurations that attach a debugger of VS Code to a process of a container, from outside: by
 * its host PID, with the rootfs as the place where its program and libraries are. Called by
 * "Attach Debugger…"; free of `vscode` to be tested. VS Code resolves `${…}` in every text of a
 * configuration when it starts it, `${command:…}` by running the command, and knows no escape for it.
 */
import path from 'node:path';
import type { NodeInspector } from './nodeInspector';

/** What is known of the process. */
export interface DebugSubject {
  /** Raw. */
  readonly name: string;
  readonly hostPid: number;
  /** Of the container, for the configuration's title. */
  readonly container: string;
  /** Absolute path of the rootfs on the host. */
  readonly rootfs: string;
  /** Its program on the host; undefined where it does not lie in the rootfs. */
  readonly program: string | undefined;
  /** What the kernel calls its program, as the container sees it. */
  readonly exe: string | undefined;
  /** Whether it has a network of its own: what listens on its 127.0.0.1 is not reached from here. */
  readonly ownNetwork: boolean;
  /** Where it would listen for a debugger, were it Node. */
  readonly inspector: NodeInspector;
}

export interface DebugConfiguration {
  readonly type: string;
  readonly request: 'attach';
  readonly name: string;
  readonly [key: string]: unknown;
}

export interface DebuggerChoice {
  /** Id of the extension that brings it. */
  readonly extension: string;
  readonly label: string;
  /** Whether it is the one for this program. */
  suits(language: Language): boolean;
  configuration(subject: DebugSubject): DebugConfiguration;
}

export type Language = 'native' | 'python' | 'node';

/** By the program's own name, not by what the process calls itself. */
export function languageOf({ exe, name }: Pick<DebugSubject, 'exe' | 'name'>): Language {
  const program = path.basename(exe ?? name);
  if (/^(?:python|pypy)[\d.]*$/.test(program)) return 'python';
  return /^node(?:js)?$/.test(program) ? 'node' : 'native';
}

export const pythonDebugger = 'ms-python.debugpy';
/** Comes with VS Code. */
export const nodeDebugger = 'ms-vscode.js-debug';

/** In the order in which they are offered. */
export const debuggers: readonly DebuggerChoice[] = [
  {
    extension: pythonDebugger,
    label: 'Python (debugpy)',
    suits: (language) => language === 'python',
    configuration: (subject) => ({
      ...begin('debugpy', subject),
      processId: subject.hostPid,
      pathMappings: [{ localRoot: subject.rootfs, remoteRoot: '/' }],
      justMyCode: true,
    }),
  },
  {
    extension: nodeDebugger,
    label: 'Node.js',
    suits: (language) => language === 'node',
    // By its port: the debugger itself may not signal root's process, and it takes `localhost` for
    // ::1, where Node does not listen. What it would do to children it does by their numbers inside,
    // which are other processes' numbers here, and with a file that is not in the rootfs.
    configuration: (subject) => ({
      ...begin('node', subject),
      address: '127.0.0.1',
      port: subject.inspector.port,
      localRoot: subject.rootfs,
      remoteRoot: '/',
      autoAttachChildProcesses: false,
      attachExistingChildren: false,
    }),
  },
  {
    extension: 'ms-vscode.cpptools',
    label: 'C/C++ (gdb)',
    suits: () => true, // an interpreter is a program too
    configuration: (subject) => ({
      ...begin('cppdbg', subject),
      processId: String(subject.hostPid),
      program: programOf(subject),
      MIMode: 'gdb',
      setupCommands: [{ text: `set sysroot ${subject.rootfs}` }],
    }),
  },
  {
    extension: 'vadimcn.vscode-lldb',
    label: 'CodeLLDB',
    suits: () => true, // an interpreter is a program too
    configuration: (subject) => ({
      ...begin('lldb', subject),
      pid: subject.hostPid,
      program: programOf(subject),
      initCommands: [`platform select --sysroot ${quoted(subject.rootfs)} host`],
    }),
  },
];

/** `${` resolved by VS Code; a line break ends a command of gdb. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const unfit = /\$\{|[\0-\x1f\x7f]/;

/** @returns a path that would say something else in a configuration than it is; undefined where none would */
export function unfitPath({ rootfs, program }: DebugSubject): string | undefined {
  return [rootfs, program].find((path) => path !== undefined && unfit.test(path));
}

function begin(
  type: string,
  { name, hostPid, container }: DebugSubject,
): Pick<DebugConfiguration, 'type' | 'request' | 'name'> {
  const title = `${name} (${hostPid}) in ${container}`;
  return { type, request: 'attach', name: title.replaceAll('${', '$ {') };
}

/** The kernel's link leads to the program wherever it lies, for who may follow it. */
function programOf({ program, hostPid }: DebugSubject): string {
  return program ?? `/proc/${hostPid}/exe`;
}

/** lldb's command line: in double quotes. What stands between two backticks it evaluates even there. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"`]/g, '\\$&')}"`;
}
