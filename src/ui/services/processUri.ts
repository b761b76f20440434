/** The URI of the document about a process. Made by "Inspect Process", read by `Inspections`. */
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';
import type { ProcessAddress } from './inspectedProcess';
import type { ProcessTarget } from '../model/rows';

export const processScheme = 'terrarium-process';

export function processUri({ info, process }: ProcessTarget, environment = false): vscode.Uri {
  const { pid, startTime } = process;
  const address: ProcessAddress = { containerId: info.id, pid, startTime, environment };
  return vscode.Uri.from({
    scheme: processScheme,
    // The last part is the tab's title, and VS Code shows both above the text.
    path: `/${part(info.name)}/${process.pid} ${part(process.name)}`,
    query: JSON.stringify(address),
  });
}

/** What such a document is about, as its path has it: `1 sh`, and the container. */
export function nameOf({ path }: vscode.Uri): [process: string, container: string] {
  const [, container = '', process = ''] = path.split('/');
  return [process, container];
}

/** A slash or control character in a name makes no other path. */
function part(name: string): string {
  return escapeControlCharacters(name).replaceAll('/', '∕');
}
