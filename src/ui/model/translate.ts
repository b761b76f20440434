/** `vscode.l10n.t` as a parameter: unit tests of the texts need no VS Code. */
export type Translate = (text: string, ...args: (string | number)[]) => string;
