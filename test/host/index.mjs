// The test host's public face: what the tests, the tools and colleagues import.

export { openWorkbench } from './browser.mjs';
export { ensurePackages, findBrowser } from './debian.mjs';
export { ensureHost } from './install.mjs';
export { SetupError, projectRoot } from './project.mjs';
export { startServer } from './server.mjs';
export { stageExtension } from './stage.mjs';
export { ensureUnpacked } from './vmKernel.mjs';
export { temporaryUser } from './user.mjs';
export { Workbench } from './workbench.mjs';
