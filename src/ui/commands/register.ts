/** Registers every command. Its file is loaded when it runs first; what runs seldom is in `seldom.ts`. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import type { Focused } from '../services/Services';
import { showError } from '../showError';
import { type CommandName, commandIds } from '../commandIds';
import { isContainerRow, isProcessRow } from '../model/rows';
import type { TerminalServices } from '../terminal/TerminalServices';

/**
 * The function `run` of a command's file.
 * @param target a row, or the URI of a file; undefined from the Command Palette
 * @param selected all selected rows
 */
export type Command = (
  services: TerminalServices,
  target?: unknown,
  selected?: unknown,
) => Promise<void>;

const files: Readonly<Record<CommandName, () => Promise<{ readonly run: Command }>>> = {
  newContainer: async () => (await import('./seldom')).newContainer,
  startContainer: () => import('./startContainer'),
  startOnLayer: () => import('./startOnLayer'),
  discardLayer: async () => (await import('./seldom')).discardLayer,
  saveLayer: async () => (await import('./seldom')).saveLayer,
  markBaseline: async () => (await import('./seldom')).markBaseline,
  compareBaseline: async () => (await import('./seldom')).compareBaseline,
  forgetBaseline: async () => (await import('./seldom')).forgetBaseline,
  openChange: () => import('./openChange'),
  applyChanges: () => import('./applyChanges'),
  discardChanges: () => import('./discardChanges'),
  startStepByStep: () => import('./startStepByStep'),
  openSteps: () => import('./openSteps'),
  runStepsToHere: () => import('./runStepsToHere'),
  runRemainingSteps: () => import('./runRemainingSteps'),
  openShellAtStep: () => import('./openShellAtStep'),
  cancelStart: () => import('./cancelStart'),
  restartSteps: () => import('./restartSteps'),
  stopContainer: () => import('./stopContainer'),
  restartContainer: () => import('./restartContainer'),
  pauseContainer: () => import('./pauseContainer'),
  resumeContainer: () => import('./resumeContainer'),
  startSeveral: () => import('./startSeveral'),
  openShell: () => import('./openShell'),
  openShellAs: () => import('./openShellAs'),
  attachConsole: () => import('./attachConsole'),
  revealRootfs: () => import('./revealRootfs'),
  openConfig: () => import('./openConfig'),
  deleteContainer: async () => (await import('./seldom')).deleteContainer,
  openLesson: () => import('./openLesson'),
  openAsLesson: () => import('./openAsLesson'),
  restartLesson: () => import('./restartLesson'),
  exportLesson: () => import('./exportLesson'),
  saveLesson: () => import('./saveLesson'),
  copyContainer: async () => (await import('./seldom')).copyContainer,
  exportContainer: async () => (await import('./seldom')).exportContainer,
  pushImage: async () => (await import('./seldom')).pushImage,
  applyPod: async () => (await import('./seldom')).applyPod,
  exportStartScript: async () => (await import('./seldom')).exportStartScript,
  showStartSequence: () => import('./showStartSequence'),
  showWarnings: () => import('./showWarnings'),
  checkMachine: async () => (await import('./seldom')).checkMachine,
  showLog: () => import('./showLog'),
  choosePrivilege: () => import('./choosePrivilege'),
  startFolder: () => import('./startFolder'),
  saveConfig: async () => (await import('./seldom')).saveConfig,
  checkRootfs: async () => (await import('./seldom')).checkRootfs,
  editRootfsFile: async () => (await import('./seldom')).editRootfsFile,
  newRootfsFile: async () => (await import('./seldom')).newRootfsFile,
  renameRootfsFile: async () => (await import('./seldom')).renameRootfsFile,
  deleteRootfsFile: async () => (await import('./seldom')).deleteRootfsFile,
  takeOwnership: async () => (await import('./seldom')).takeOwnership,
  undoOwnership: async () => (await import('./seldom')).undoOwnership,
  refresh: () => import('./refresh'),
  sendSignal: () => import('./sendSignal'),
  stopProcess: () => import('./stopProcess'),
  killProcess: () => import('./killProcess'),
  copyHostPid: () => import('./copyHostPid'),
  copyContainerPid: () => import('./copyContainerPid'),
  pauseProcess: () => import('./pauseProcess'),
  continueProcess: () => import('./continueProcess'),
  killSubtree: () => import('./killSubtree'),
  reniceProcess: () => import('./reniceProcess'),
  copyCommandLine: () => import('./copyCommandLine'),
  inspectProcess: () => import('./inspectProcess'),
  refreshInspection: () => import('./refreshInspection'),
  pinProcess: () => import('./pinProcess'),
  openShellHere: () => import('./openShellHere'),
  revealExecutable: () => import('./revealExecutable'),
  revealWorkingDirectory: () => import('./revealWorkingDirectory'),
  revealProcessRoot: () => import('./revealProcessRoot'),
  attachDebugger: async () => (await import('./seldom')).attachDebugger,
  showUsage: () => import('./showUsage'),
  showPicture: () => import('./showPicture'),
  savePicture: () => import('./savePicture'),
  showSights: () => import('./showSights'),
  showSight: () => import('./showSight'),
  sortProcesses: () => import('./sortProcesses'),
  filterProcesses: () => import('./filterProcesses'),
  clearProcessFilter: () => import('./clearProcessFilter'),
  showProcessesAsList: () => import('./showProcessesAsList'),
  showProcessesAsTree: () => import('./showProcessesAsTree'),
  showMoreProcesses: () => import('./showMoreProcesses'),
  openManual: () => import('./openManual'),
  removeByteOrderMark: () => import('./removeByteOrderMark'),
};

/** The argument of the keybindings of package.json. VS Code passes no row to a keybinding. */
const fromKeybinding = 'focused';

/** The row with the focus. @throws TerrariumError `row-unknown`: no command must act on the wrong row */
async function focusedRow({ focused }: TerminalServices, name: CommandName): Promise<Focused> {
  const { t } = vscode.l10n;
  const view = name === 'deleteContainer' ? 'containers' : 'processes';
  const found = await focused[view]?.();
  if (!found)
    throw new TerrariumError(
      'row-unknown',
      t('No row has the focus, or the view was just being drawn anew.'),
      t('Go to a row with the arrow keys and press the key again.'),
    );
  if (view === 'processes' && !isProcessRow(found.row))
    throw new TerrariumError(
      'row-unknown',
      t('This row is no process.'),
      t('Go to the row of a process with the arrow keys.'),
    );
  return found;
}

/** The bundle of the row or file that a command was called on; undefined from the Command Palette. */
function bundleOf({ containers }: TerminalServices, target: unknown): vscode.Uri | undefined {
  if (target instanceof vscode.Uri) return target;
  const known = isContainerRow(target)
    ? target.container
    : isProcessRow(target)
      ? containers.byId(target.containerId)
      : undefined;
  return known && vscode.Uri.file(known.bundle);
}

export function registerCommands(services: TerminalServices): void {
  for (const name of Object.keys(files) as CommandName[]) {
    const handler = async (given?: unknown, ...more: unknown[]): Promise<void> => {
      // Views hand over the selection as a list, and Source Control one after the other.
      const givenRows = more.length > 1 ? more : more[0];
      try {
        const { row, selected } =
          given === fromKeybinding
            ? await focusedRow(services, name)
            : { row: given, selected: givenRows };
        await (await files[name]()).run(services, row, selected);
      } catch (error) {
        void showError(services, error, {
          bundle: bundleOf(services, given),
          again: () => handler(given, ...more),
        });
      }
    };
    services.context.subscriptions.push(vscode.commands.registerCommand(commandIds[name], handler));
  }
}
