/**
 * All words, and what finds them in code and in config.json. The extension has it as a bundle of its own,
 * dist/words.js, loaded by `await import('…/words/lazy')` with the first hover; imported any other way it would
 * be in VS Code's way at every start. What a row needs at once imports its small table and `tableWord`. The texts
 * of an import are seldom needed too.
 */
export { percentOf, progressText, remarks, reportPage } from '../importTexts';
export { wordAt } from './shell/wordAt';
export { word, wordsOf } from './word';
export { wordInConfig } from './wordInConfig';
