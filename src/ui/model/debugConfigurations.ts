/**
 * Launch configurations that attach a debugger of VS Code to a process of a container from the host: by its
 * host PID, with the rootfs as the root of its program and libraries. Called by "Attach Debugger…". VS
 * Code resolves `${…}` in every string of a configuration when it starts, `${command:…}` by running the
 * command. There is no escape.
 */
import path from 'node:path';
import type { NodeInspector } from './nodeInspector';

/** The process to attach to. */
export interface DebugSubject {
  /** Not escaped. */
  readonly name: string;
  readonly hostPid: number;
  /** Of the container, for the configuration's title. */
  readonly container: string;
  /** Absolute path of the rootfs on the host. */
  readonly rootfs: string;
  /** Path of the program on the host; undefined where it is not in the rootfs. */
  readonly program: string | undefined;
  /** Path of the program in the container (/proc/PID/exe). */
  readonly exe: string | undefined;
  /** Whether the process has a network namespace of its own: its 127.0.0.1 cannot be reached from the host. */
  readonly ownNetwork: boolean;
  /** Where the process listens for a debugger, if it is Node. */
  readonly inspector: NodeInspector;
}

export interface DebugConfiguration {
  readonly type: string;
  readonly request: 'attach';
  readonly name: string;
  readonly [key: string]: unknown;
}

export interface DebuggerChoice {
  /** Id of the extension that contributes the debugger. */
  readonly extension: string;
  readonly label: string;
  /** Whether the debugger suits this program. */
  suits(language: Language): boolean;
  configuration(subject: DebugSubject): DebugConfiguration;
}

export type Language = 'native' | 'python' | 'node';

/** The name of the program file, and not the name of the process (comm), which it can change. */
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

/** @returns a path that VS Code or the debugger would read otherwise; undefined where there is none */
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

/** /proc/PID/exe: leads to the program in every case, but takes permission to follow (ptrace(2)). */
function programOf({ program, hostPid }: DebugSubject): string {
  return program ?? `/proc/${hostPid}/exe`;
}

/** Quotes an argument of an lldb command. lldb evaluates text between backticks even in double quotes. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"`]/g, '\\$&')}"`;
}
