/** Scrolls to a cell that runs. Called by the controllers of the notebooks. */
import * as vscode from 'vscode';

/** Does nothing where its notebook is not on the screen. */
export function reveal({ notebook, index }: vscode.NotebookCell): void {
  const range = new vscode.NotebookRange(index, index + 1);
  for (const editor of vscode.window.visibleNotebookEditors)
    if (editor.notebook === notebook)
      editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}
