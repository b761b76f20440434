/** Asks for the name of an image. Called by "Export…" and by "Push…". */
import * as vscode from 'vscode';
import { TerrariumError } from '../../core/errors';
import { parseImageName } from '../../core/image/imageName';

/** @param value what is there to begin with @throws CancellationError */
export async function promptImageName(title: string, value: string): Promise<string> {
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('[HOST/]NAME[:TAG], as registries, Docker and Podman have it'),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      try {
        parseImageName(text);
        return undefined;
      } catch (error) {
        if (error instanceof TerrariumError) return `${error.problem} ${error.remedy}`;
        throw error;
      }
    },
  });
  if (name === undefined) throw new vscode.CancellationError();
  return name;
}
