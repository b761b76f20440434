/** Names the document that shows what is inside a process. Made by its command, read by `Inspections`. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import type { ProcessAddress } from './inspectedProcess';
import type { ProcessTarget } from '../model/rows';

export const processScheme = 'terrarium-process';

export function processUri({ info, process }: ProcessTarget, environment = false): vscode.Uri {
  // The last part is the tab's title; a slash or control character in a name makes no other path.
  const title = visible(process.name).replaceAll('/', '∕');
  const { pid, startTime } = process;
  const address: ProcessAddress = { containerId: info.id, pid, startTime, environment };
  return vscode.Uri.from({
    scheme: processScheme,
    path: `/${info.id}/${process.pid} ${title}`,
    query: JSON.stringify(address),
  });
}
