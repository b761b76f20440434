/**
 * Marks a text that is handed to `vscode.l10n.t` somewhere else, as `N_` does in gettext: `npm run l10n`
 * finds it by this. Called where a list of texts is, in core or in ui.
 */
export const translatable = (text: string): string => text;
