/**
 * "Attach Debugger…": makes a launch configuration for an installed debugger, and shows it before it is
 * started. The debugger runs on the host: the configuration has the host PID and the path of the rootfs.
 */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import {
  type DebugConfiguration,
  type DebugSubject,
  type DebuggerChoice,
  debuggers,
  languageOf,
  nodeDebugger,
  pythonDebugger,
  unfitPath,
} from '../model/debugConfigurations';
import { answers, nodeInspector } from '../model/nodeInspector';
import { pickProcess } from '../pick/pickProcess';
import { inspectedProcess, pathInRootfs } from '../services/inspectedProcess';
import type { Services } from '../services/Services';
import { showModal } from '../notifications';
import { ActionError } from '../showError';
import { sendSignals } from './sendSignal';
import type { ProcessTarget } from '../model/rows';

export async function run(services: Services, target?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await pickProcess(services, target, t('Attach Debugger'));
  const subject = await subjectOf(services, chosen);
  requireFitPaths(subject);
  const choice = await pickDebugger(subject);
  const isNode = choice.extension === nodeDebugger;
  const opens = isNode && !subject.inspector.isOpen;
  if (isNode && subject.ownNetwork) throw outOfReach(subject);
  if (opens) await requireFreePort(subject);
  const configuration = choice.configuration(subject);
  const [start, save] = [t('Start Debugging'), t('Add to launch.json')];
  const answer = await showModal(
    'information',
    t('Attach {0} to {1}?', choice.label, escapeControlCharacters(configuration.name)),
    [
      JSON.stringify(configuration, null, 2),
      t('The process stops while the debugger looks at it.'),
      ...warnings(chosen, subject, choice),
    ].join('\n\n'),
    start,
    save,
  );
  if (!answer) throw new vscode.CancellationError();
  if (opens) await sendSignals(services, [chosen], 'SIGUSR1');
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(subject.rootfs));
  if (answer === save) return addToLaunchJson(folder, configuration);
  // VS Code itself reports why a debugger cannot start.
  await vscode.debug.startDebugging(folder, configuration);
}

async function subjectOf(services: Services, chosen: ProcessTarget): Promise<DebugSubject> {
  const inspected = await inspectedProcess(services, chosen);
  const { found, rootfs } = inspected;
  const network = found.namespaces.find(({ type }) => type === 'net');
  return {
    name: escapeControlCharacters(chosen.process.name),
    hostPid: chosen.process.hostPid,
    container: escapeControlCharacters(chosen.info.name),
    rootfs,
    exe: found.exe,
    program: await pathInRootfs(inspected, found.exe).catch(ifElsewhere),
    ownNetwork: network ? !network.isHosts : false,
    inspector: nodeInspector(chosen.process.commandLine, found.sockets),
  };
}

/** @throws TerrariumError `debug-path-unfit` */
function requireFitPaths(subject: DebugSubject): void {
  const path = unfitPath(subject);
  if (path === undefined) return;
  throw new TerrariumError(
    'debug-path-unfit',
    vscode.l10n.t(
      'No debugger can be told the path {0}: it holds a control character, or a dollar sign before a brace, which VS Code would replace.',
      escapeControlCharacters(path),
    ),
    vscode.l10n.t('Rename the folder or the program that has it in its name.'),
  );
}

/** The process has a network namespace of its own: its port cannot be reached from the host. */
function outOfReach({ name, inspector: { port } }: DebugSubject): TerrariumError {
  return new TerrariumError(
    'debug-own-network',
    vscode.l10n.t(
      '{0} has a network of its own, where 127.0.0.1:{1} is not this machine’s.',
      name,
      String(port),
    ),
    vscode.l10n.t('Debug it in a container without the namespace “network” in config.json.'),
  );
}

/** @throws TerrariumError `debug-port-taken`: the debugger would attach to the process that has the port */
async function requireFreePort({ name, inspector: { port } }: DebugSubject): Promise<void> {
  if (!(await answers(port))) return;
  throw new TerrariumError(
    'debug-port-taken',
    vscode.l10n.t(
      '{0} cannot listen for a debugger: another program has 127.0.0.1:{1}.',
      name,
      String(port),
    ),
    vscode.l10n.t('End that one, or start yours with a port of its own: node --inspect=9230'),
  );
}

function ifElsewhere(error: unknown): undefined {
  if (error instanceof TerrariumError && error.code === 'not-in-rootfs') return undefined;
  throw error;
}

/** @throws TerrariumError `no-debugger`, with buttons that show suitable extensions */
async function pickDebugger(subject: DebugSubject): Promise<DebuggerChoice> {
  const { t } = vscode.l10n;
  const suiting = debuggers.filter((choice) => choice.suits(languageOf(subject)));
  const installed = suiting.filter(({ extension }) => vscode.extensions.getExtension(extension));
  if (installed.length === 0) {
    throw new ActionError(
      new TerrariumError(
        'no-debugger',
        t('No debugger for {0} is installed.', subject.name),
        t('Install {0}.', suiting.map(({ label }) => label).join(t(' or '))),
      ),
      suiting.map(({ label, extension }) => ({
        title: t('Show {0}', label),
        run: () =>
          vscode.commands.executeCommand('workbench.extensions.search', `@id:${extension}`),
      })),
    );
  }
  if (installed.length === 1) return installed[0]!;
  const picked = await vscode.window.showQuickPick(
    installed.map((choice) => ({ label: choice.label, description: choice.extension, choice })),
    { title: t('Attach Debugger'), placeHolder: t('With which debugger?') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.choice;
}

/** Reasons why the debugger may fail. */
function warnings(
  { info, process: { pid } }: ProcessTarget,
  { ownNetwork, inspector }: DebugSubject,
  { extension }: DebuggerChoice,
): string[] {
  const { t } = vscode.l10n;
  const isMine = info.privilege === 'rootless' || process.getuid?.() === 0;
  const isNode = extension === nodeDebugger;
  const isPython = extension === pythonDebugger;
  return [
    ...(isPython
      ? [
          t(
            'debugpy runs inside the process, from its folder on this machine: bind-mount that folder to the same place inside.',
          ),
        ]
      : []),
    ...(isNode && !inspector.isOpen
      ? [
          t(
            'SIGUSR1 makes Node listen at 127.0.0.1:{0} until it ends. Anyone who reaches that port can run code in it, other users of this machine included.',
            String(inspector.port),
          ),
        ]
      : []),
    ...(isNode
      ? [
          t(
            'End with Disconnect: Stop would kill PID {0} of this machine, which is another process.',
            pid,
          ),
        ]
      : []),
    ...(isMine || isNode
      ? []
      : [
          t(
            'The process belongs to root, so the kernel lets only a debugger that runs as root attach.',
          ),
        ]),
    ...(ownNetwork && isPython
      ? [
          t(
            'The container has a network of its own: this debugger talks to the process over 127.0.0.1, which is another one there.',
          ),
        ]
      : []),
  ];
}

async function addToLaunchJson(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: DebugConfiguration,
): Promise<void> {
  const launch = vscode.workspace.getConfiguration('launch', folder);
  const others = launch.get<DebugConfiguration[]>('configurations', []);
  await launch.update(
    'configurations',
    [...others.filter(({ name }) => name !== configuration.name), configuration],
    folder ? vscode.ConfigurationTarget.WorkspaceFolder : vscode.ConfigurationTarget.Workspace,
  );
  if (!folder) return;
  const file = vscode.Uri.joinPath(folder.uri, '.vscode/launch.json');
  await vscode.window.showTextDocument(file);
}
