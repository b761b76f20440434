/** The services that pickers, commands and views share. Made once by `extension.ts`. */
import type * as vscode from 'vscode';
import type { ProcessRow } from '../model/rows';
import type { ContainerStore } from './ContainerStore';
import type { EditsBelow } from './EditsBelow';
import type { Helpers } from './Helpers';
import type { Inspections } from './Inspections';
import type { Pages } from './Pages';
import type { Places } from './Places';
import type { ProcessArrangement } from './ProcessArrangement';
import type { ProcessStore } from './ProcessStore';
import type { RootfsChecks } from './RootfsChecks';
import type { SavedFiles } from './SavedFiles';
import type { SharedSelection } from './SharedSelection';
import type { WindowAttention } from './WindowAttention';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly pages: Pages;
  readonly helpers: Helpers;
  readonly containers: ContainerStore;
  readonly processes: ProcessStore;
  /** Where the processes are, for the picture. */
  readonly places: Places;
  /** Order and filter of the Processes view. */
  readonly arrangement: ProcessArrangement;
  /** What the documents of "Inspect Process" show. */
  readonly inspections: Inspections;
  /** What is wrong with files of a rootfs. */
  readonly rootfsChecks: RootfsChecks;
  readonly saved: SavedFiles;
  readonly attention: WindowAttention;
  /** The selected rows of the Processes view. */
  readonly selection: { processes?: readonly ProcessRow[] };
  /** What is selected in the views and in the picture. */
  readonly shared: SharedSelection;
  /** Set by the Processes view: shows a process there and selects it. Rejects with `process-not-listed`. */
  readonly reveal: {
    process?: (row: ProcessRow) => Promise<void>;
    /** Set by the Containers view: selects a bundle there, and shows the view. */
    container?: (bundle: string) => Promise<void>;
  };
  /** Each rootfs of which a file was opened through the helper in this window, by its real path. */
  readonly throughHelper: Set<string>;
  /** Whose rootfs was edited below the layer that they run on. */
  readonly edits: EditsBelow;
  /** Set by Source Control of scratch layers and baselines: looks at them anew. */
  readonly layers: { changed?: () => void };
  /** What a keybinding acts on. Each view sets its own; undefined where VS Code does not say. */
  readonly focused: {
    containers?: () => Promise<Focused | undefined>;
    processes?: () => Promise<Focused | undefined>;
  };
}

export interface Focused {
  /** The row with the focus, of whatever kind. */
  readonly row: unknown;
  /** The whole selection, where it contains that row. */
  readonly selected: readonly ProcessRow[];
}
