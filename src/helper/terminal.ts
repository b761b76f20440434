/**
 * dist/terminal.js: the entry of terminalHolder.ts. One of its processes runs for each further shell, so it
 * is a bundle of its own: all of helper.js would take it 8 MiB more and a tenth of a second.
 */
import { holdTerminal } from './console/terminalHolder';

holdTerminal(process.argv.slice(2));
