/**
 * Files of a rootfs that the helper reads and saves. A bundle of its own, dist/editing.js, loaded with the first of them:
 * imported any other way it would be in VS Code's way at every start. What is open is known to this bundle alone.
 */
export { EditingStatus } from './EditingStatus';
export { HelperFiles } from './HelperFiles';
export { offerExclusion } from './offerExclusion';
