/** The services that commands and views share. Made once by `extension.ts`. */
import * as vscode from 'vscode';
import { Terminals } from '../terminal/Terminals';
import type { ProcessRow } from '../pick/pickProcess';
import { ContainerStore } from './ContainerStore';
import { Helpers } from './Helpers';
import { Inspections } from './Inspections';
import { ProcessArrangement } from './ProcessArrangement';
import { ProcessStore } from './ProcessStore';
import { reattachConsoles } from './reattachConsoles';
import { tellLost } from './tellLost';
import { followTour } from './tour';
import { whenLastWindowCloses } from './whenLastWindowCloses';
import { setContextKeys } from './setContextKeys';
import { registerPages } from './showPage';
import { WindowAttention } from './WindowAttention';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly helpers: Helpers;
  readonly containers: ContainerStore;
  readonly processes: ProcessStore;
  /** How the Processes view shows them. */
  readonly arrangement: ProcessArrangement;
  /** What is shown of single processes. */
  readonly inspections: Inspections;
  readonly terminals: Terminals;
  readonly attention: WindowAttention;
  /** The selected rows of the Processes view. */
  readonly selection: { processes?: readonly ProcessRow[] };
  /** What the keybindings of a view act on, set by it; undefined where VS Code does not say. */
  readonly pressed: {
    containers?: () => Promise<Pressed | undefined>;
    processes?: () => Promise<Pressed | undefined>;
  };
  /** Begins to look around: bundles in the workspace, helpers that already serve. */
  start(): void;
}

export interface Pressed {
  /** The row with the focus, of whatever kind. */
  readonly row: unknown;
  /** Everything that is selected, where that row is among it. */
  readonly selected: readonly ProcessRow[];
}

export function createServices(context: vscode.ExtensionContext): Services {
  const log = vscode.window.createOutputChannel('Terrarium', { log: true });
  const helpers = new Helpers(context, log);
  const containers = new ContainerStore(helpers, log);
  const processes = new ProcessStore(helpers, containers, log);
  const arrangement = new ProcessArrangement(context.workspaceState);
  const terminals = new Terminals(context.workspaceState, log);
  const attention = new WindowAttention();
  const inspections = new Inspections();
  context.subscriptions.push(log, helpers, containers, processes, arrangement, terminals);
  context.subscriptions.push(attention, inspections);
  const services: Services = {
    ...{ context, log, helpers, containers, processes, arrangement, terminals, attention },
    inspections,
    selection: {},
    pressed: {},
    start: () => {
      setContextKeys(services);
      registerPages(context);
      if (process.platform !== 'linux') return;
      followTour(services);
      whenLastWindowCloses(services);
      tellLost(services);
      containers.start();
      reattachConsoles(services).catch((error: unknown) => log.error(error as Error));
    },
  };
  return services;
}
