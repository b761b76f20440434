/** The URI of the document about a process. Made by "Inspect Process", read by `Inspections`. */
import * as vscode from 'vscode';
import { visible } from '../../core/text/visible';
import type { ProcessAddress } from './inspectedProcess';
import type { ProcessTarget } from '../model/rows';

export const processScheme = 'terrarium-process';

export function processUri({ info, process }: ProcessTarget, environment = false): vscode.Uri {
  // The last segment is the tab's title: a slash or control character of the name must not change the path.
  const title = visible(process.name).replaceAll('/', '∕');
  const { pid, startTime } = process;
  const address: ProcessAddress = { containerId: info.id, pid, startTime, environment };
  return vscode.Uri.from({
    scheme: processScheme,
    path: `/${info.id}/${process.pid} ${title}`,
    query: JSON.stringify(address),
  });
}
