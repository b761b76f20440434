/**
 * All messages, questions and progress go through here, which the linter sees to: VS Code makes
 * `[text](command:…)` in them a link that runs the command when it is clicked, and names, paths and
 * messages of programs come from people whom nobody knows.
 */
import * as vscode from 'vscode';
import { withoutLinks } from './model/markdown';

type Severity = 'error' | 'warning' | 'information';

/** @returns the button that was clicked; undefined where the message was closed */
export function showMessage(
  severity: Severity,
  text: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return shownBy(severity)(withoutLinks(text), {}, ...buttons);
}

/** A question that nothing else goes on beside. @returns as `say` */
export function showModal(
  severity: Severity,
  question: string,
  detail: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return shownBy(severity)(withoutLinks(question), { modal: true, detail }, ...buttons);
}

/** As `vscode.window.withProgress`, in a message unless it is told another place. */
export function showProgress<T>(
  {
    title,
    cancellable = false,
    location = vscode.ProgressLocation.Notification,
  }: Partial<vscode.ProgressOptions> & { readonly title: string },
  task: (
    report: (message: string, increment: number) => void,
    token: vscode.CancellationToken,
  ) => Thenable<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { title: withoutLinks(title), cancellable, location },
    (progress, token) =>
      task(
        (message, increment) => progress.report({ message: withoutLinks(message), increment }),
        token,
      ),
  );
}

function shownBy(
  severity: Severity,
): (
  text: string,
  options: vscode.MessageOptions,
  ...buttons: readonly string[]
) => Thenable<string | undefined> {
  const { window } = vscode;
  switch (severity) {
    case 'error':
      return (...message) => window.showErrorMessage(...message);
    case 'warning':
      return (...message) => window.showWarningMessage(...message);
    case 'information':
      return (...message) => window.showInformationMessage(...message);
  }
}
