/**
 * What shows scratch layers and baselines in Source Control, and their commands. A bundle of its own, dist/layers.js, loaded with
 * the first layer: imported any other way it would be in VS Code's way at every start. What is shown is known to this
 * bundle alone.
 */
export { BaselineSources } from './BaselineSources';
export { LayerSources } from './LayerSources';
export { sideText } from './sideText';
export * as layerCommands from './layerCommands';
