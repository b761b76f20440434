/**
 * The texts of the table of sights. A bundle of their own, dist/sight.js, which the panel loads when it is
 * first opened: imported any other way they would be in VS Code's way at every start.
 */
export { groupAlike } from '../../../core/sight/groupAlike';
export { sightColumns } from '../../../core/sight/sightLine';
export { columnText } from './columnText';
export { explainCell } from './explainCell';
export { contextOf } from './SightContext';
export { tableNotes, tableRows } from './tableText';
