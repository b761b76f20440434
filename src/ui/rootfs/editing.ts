/**
 * Files of a rootfs that the helper reads and saves, and the offer for large trees. A bundle of its own, dist/editing.js,
 * loaded with the first of these files, or with the first tree that is counted: imported any other way it would be in VS
 * Code's way at every start. What is open is known to this bundle alone.
 */
export { EditingStatus } from './EditingStatus';
export { HelperFiles } from './HelperFiles';
export { keepShown } from './keepShown';
export { isLarge, offerExclusion } from './offerExclusion';
