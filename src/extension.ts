/**
 * What VS Code loads: composition only. It makes the services, registers the contributions, and starts
 * to look at the workspace. What is heavy (the protocol's parser, JSON-RPC, scaffolding) is imported by
 * the part that needs it, when it needs it.
 */
import * as vscode from 'vscode';
import { registerCommands } from './ui/commands/register';
import { registerConfigEditing } from './ui/config/register';
import { registerLayers } from './ui/layer/register';
import { registerLessons } from './ui/lessons/register';
import { registerSteps } from './ui/lessons/steps/register';
import { registerHelperFiles } from './ui/rootfs/registerHelperFiles';
import { registerRootfsFiles } from './ui/rootfs/registerRootfsFiles';
import { ContainerStore } from './ui/services/ContainerStore';
import { Helpers } from './ui/services/Helpers';
import { Inspections } from './ui/services/Inspections';
import { Pages } from './ui/services/Pages';
import { EditsBelow } from './ui/services/EditsBelow';
import { Places } from './ui/services/Places';
import { ProcessArrangement } from './ui/services/ProcessArrangement';
import { ProcessStore } from './ui/services/ProcessStore';
import { RootfsChecks } from './ui/services/RootfsChecks';
import { SavedFiles } from './ui/services/SavedFiles';
import { SharedSelection } from './ui/services/SharedSelection';
import { WindowAttention } from './ui/services/WindowAttention';
import { tellAllowedFolders } from './ui/services/rootfsBelow';
import { notifyHelperLost } from './ui/services/notifyHelperLost';
import { setContextKeys } from './ui/services/setContextKeys';
import { followTour } from './ui/services/tour';
import { whenLastWindowCloses } from './ui/services/whenLastWindowCloses';
import { registerStatusBar } from './ui/status/registerStatusBar';
import { registerTasks } from './ui/tasks/registerTasks';
import type { TerminalServices } from './ui/terminal/TerminalServices';
import { Terminals } from './ui/terminal/Terminals';
import { reattachConsoles } from './ui/terminal/reattachConsoles';
import { registerProfile } from './ui/terminal/registerProfile';
import { registerStartLinks } from './ui/terminal/startLinks';
import { registerContainersView } from './ui/views/containers/register';
import { registerProcessesView } from './ui/views/processes/register';
import { registerPanels } from './ui/views/registerPanels';

/** @returns the services, for the tests inside VS Code */
export function activate(context: vscode.ExtensionContext): TerminalServices {
  const services = createServices(context);
  registerCommands(services);
  registerContainersView(services);
  registerProcessesView(services);
  registerPanels(services);
  registerStatusBar(services);
  registerRootfsFiles(services);
  registerHelperFiles(services);
  registerProfile(services);
  registerStartLinks(services);
  registerTasks(services);
  registerConfigEditing(services);
  registerLessons(services);
  registerSteps(services);
  registerLayers(services);
  setContextKeys(services);
  if (process.platform === 'linux') start(services);
  return services;
}

function createServices(context: vscode.ExtensionContext): TerminalServices {
  const log = vscode.window.createOutputChannel('Terrarium', { log: true });
  const pages = new Pages(context.workspaceState);
  const helpers = new Helpers(context, log, pages);
  const containers = new ContainerStore(helpers, log);
  const processes = new ProcessStore(helpers, containers, log);
  const places = new Places(helpers, containers, processes, log);
  const saved = new SavedFiles();
  const rootfsChecks = new RootfsChecks({ context, helpers }, containers, saved, log);
  const shared = new SharedSelection(log);
  const arrangement = new ProcessArrangement(context.workspaceState);
  const terminals = new Terminals(context.workspaceState, log);
  const attention = new WindowAttention();
  const inspections = new Inspections({ helpers, containers, processes, attention, log });
  context.subscriptions.push(log, pages, helpers, containers, processes, arrangement, terminals);
  context.subscriptions.push(attention, inspections, places, rootfsChecks, saved, shared);
  return {
    ...{ context, log, pages, helpers, containers, processes, arrangement, terminals, attention },
    ...{ inspections, places, rootfsChecks, saved, shared, selection: {}, focused: {}, reveal: {} },
    ...{ layers: {}, edits: new EditsBelow(), throughHelper: new Set<string>() },
  };
}

/** Looks for bundles in the workspace, and for helpers that already serve. */
function start(services: TerminalServices): void {
  followTour(services);
  whenLastWindowCloses(services);
  tellAllowedFolders(services);
  notifyHelperLost(services);
  services.containers.start();
  reattachConsoles(services).catch((error: unknown) => services.log.error(error as Error));
}
