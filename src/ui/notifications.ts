/**
 * All notifications, modal dialogs and progress go through these functions; the linter forbids VS Code's
 * own. VS Code turns `[text](command:…)` in a message into a link that runs the command, and names, paths
 * and output of programs are not trusted.
 */
import * as vscode from 'vscode';
import { withoutLinks } from './model/markdown';

type Severity = 'error' | 'warning' | 'information';

/** Shows a notification. @returns the button that was clicked; undefined where it was closed */
export function showMessage(
  severity: Severity,
  text: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return shownBy(severity)(withoutLinks(text), {}, ...buttons);
}

/** Shows a modal dialog. @returns as `showMessage` */
export function showModal(
  severity: Severity,
  question: string,
  detail: string,
  ...buttons: readonly string[]
): Thenable<string | undefined> {
  return shownBy(severity)(withoutLinks(question), { modal: true, detail }, ...buttons);
}

/** As `vscode.window.withProgress`, in a notification unless `location` is given. */
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
