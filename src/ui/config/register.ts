/** Editing config.json (its schema is in package.json): problems, lenses, fixes, completion and the preview. Called by `extension.ts`. */
import * as vscode from 'vscode';
import { MadeFiles } from '../services/MadeFiles';
import type { Services } from '../services/Services';
import { ConfigCompletion } from './ConfigCompletion';
import { ConfigDiagnostics } from './ConfigDiagnostics';
import { codeHover } from '../services/codeHover';
import { ConfigFixes } from './ConfigFixes';
import { ConfigHover } from './ConfigHover';
import { ConfigLenses } from './ConfigLenses';
import { configSelector } from './isConfig';
import { StartSequence, sequenceLanguage, sequenceScheme } from './StartSequence';

export function registerConfigEditing(services: Services): void {
  const { languages, workspace } = vscode;
  const sequence = new StartSequence(services.containers);
  services.context.subscriptions.push(
    sequence,
    new ConfigDiagnostics(services.log),
    languages.registerCodeLensProvider(configSelector, new ConfigLenses(services)),
    languages.registerCompletionItemProvider(configSelector, new ConfigCompletion(), '"'),
    languages.registerHoverProvider(configSelector, new ConfigHover()),
    languages.registerHoverProvider({ scheme: sequenceScheme }, codeHover),
    languages.registerCodeActionsProvider(configSelector, new ConfigFixes(), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    MadeFiles.register(sequenceScheme, (uri) => sequence.textOf(uri), sequence.onDidChange),
    // One that came back with the window too.
    workspace.onDidOpenTextDocument((document) => {
      if (document.uri.scheme === sequenceScheme && document.languageId !== sequenceLanguage)
        void languages.setTextDocumentLanguage(document, sequenceLanguage);
    }),
  );
}
