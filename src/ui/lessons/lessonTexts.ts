/**
 * What lessons are read and written by, and the words below their cells. A bundle of their own, dist/lessons.js,
 * which is loaded with the first lesson: imported any other way they would be in VS Code's way at every start.
 */
export { LessonSerializer } from './LessonSerializer';
export { evidenceOutputs, hasSucceeded, runOutputs } from './cellOutputs';
export { exportHandout, lessonBytes } from './exportHandout';
