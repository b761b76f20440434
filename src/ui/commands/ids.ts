/** Every command of the extension, as named in package.json; a unit test compares the two. */
export const commandIds = {
  newContainer: 'terrarium.newContainer',
  startContainer: 'terrarium.startContainer',
  stopContainer: 'terrarium.stopContainer',
  openShell: 'terrarium.openShell',
  attachConsole: 'terrarium.attachConsole',
  revealRootfs: 'terrarium.revealRootfs',
  openConfig: 'terrarium.openConfig',
  deleteContainer: 'terrarium.deleteContainer',
  exportStartScript: 'terrarium.exportStartScript',
  showLog: 'terrarium.showLog',
  choosePrivilege: 'terrarium.choosePrivilege',
  startFolder: 'terrarium.startFolder',
  takeOwnership: 'terrarium.takeOwnership',
  refresh: 'terrarium.refresh',
  sendSignal: 'terrarium.sendSignal',
  stopProcess: 'terrarium.stopProcess',
  killProcess: 'terrarium.killProcess',
  copyHostPid: 'terrarium.copyHostPid',
  copyContainerPid: 'terrarium.copyContainerPid',
} as const;

export type CommandName = keyof typeof commandIds;
