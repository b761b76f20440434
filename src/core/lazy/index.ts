/**
 * Everything of core and protocol that needs a library (zod, vscode-jsonrpc, jsonc-parser, execa). The
 * extension has it as a bundle of its own, dist/core.js, loaded by `await import('…/core/lazy')` when
 * something first needs it; imported any other way it would be in VS Code's way at every start.
 */
export { execa } from 'execa';
export { modify } from 'jsonc-parser/lib/esm/main.js';
export { CheckReport } from '../../protocol/doctor';
export {
  BaselineChanges,
  BaselineProgress,
  BaselineReport,
  BaselineSide,
} from '../../protocol/baseline';
export { RootfsCheck } from '../../protocol/rootfsCheck';
export { LayerChanges, LayerSize } from '../../protocol/layer';
export { findBusybox } from '../bundle/busybox';
export { defaultConfigFor } from '../bundle/loadBundleOrFolder';
export { rootShell } from '../bundle/logins';
export { HelperClient } from '../client/HelperClient';
export { findingsOf, keyRangeOf } from '../diagnostics/findings';
export { followExport, followImport } from '../image/followProgress';
export { remainingTypes } from '../config/remainingTypes';
export { spelledAs } from '../config/parseConfig';
export { stringAt } from '../config/stringAt';
export { runTool } from '../fs/runTool';
export { planText } from '../diagnostics/planText';
