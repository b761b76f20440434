/**
 * Commands that most sessions never run, and what an import of a dropped file needs. A bundle of their own,
 * dist/seldom.js, loaded with the first of them: imported any other way they would be in VS Code's way at every
 * start. Nothing here and below keeps a state between two calls: other bundles have copies of what it imports.
 */
export * as applyPod from './applyPod';
export * as attachDebugger from './attachDebugger';
export * as checkMachine from './checkMachine';
export * as checkRootfs from './checkRootfs';
export * as compareBaseline from './compareBaseline';
export * as copyContainer from './copyContainer';
export * as deleteContainer from './deleteContainer';
export * as deleteRootfsFile from './deleteRootfsFile';
export * as discardLayer from './discardLayer';
export * as editRootfsFile from './editRootfsFile';
export * as exportContainer from './exportContainer';
export * as exportStartScript from './exportStartScript';
export * as forgetBaseline from './forgetBaseline';
export * as markBaseline from './markBaseline';
export * as newContainer from './newContainer';
export * as newRootfsFile from './newRootfsFile';
export * as pushImage from './pushImage';
export * as renameRootfsFile from './renameRootfsFile';
export * as saveConfig from './saveConfig';
export * as saveLayer from './saveLayer';
export * as takeOwnership from './takeOwnership';
export * as undoOwnership from './undoOwnership';
