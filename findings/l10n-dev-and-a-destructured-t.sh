#!/usr/bin/env bash
# Which texts of an extension @vscode/l10n-dev exports for translators.
#
# Software   @vscode/l10n-dev 0.0.35, the exporter that VS Code's documentation names.
# Guess      `vscode.l10n.t` is a function that is bound to nothing, so `const { t } = vscode.l10n` and then
#            t('…') works in VS Code, and the exporter, which parses TypeScript, finds these texts too.
# Behaviour  it finds l10n.t(…) and vscode.l10n.t(…) by how the call is written. A text that is shown by way
#            of a `t` of one's own is left out without a message, and the exit status is 0: in VS Code it
#            works, and stays English in every language.
# So         call l10n.t where the text stands, or write the calls out for the exporter and let a test
#            compare what it found with the code.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts @vscode/l10n-dev@0.0.35 >/dev/null
mkdir src
cat >src/extension.ts <<'TS'
import * as vscode from 'vscode';
export function show() {
  const { t } = vscode.l10n;
  return [vscode.l10n.t('written out'), t('taken out of l10n')];
}
TS
npx --no-install vscode-l10n-dev export --outDir l10n src >said 2>&1
echo "@vscode/l10n-dev $(node -p "require('@vscode/l10n-dev/package.json').version")"
echo "exported: $(node -p "Object.keys(require('./l10n/bundle.l10n.json')).join(', ')")"
[ "$(node -p "Object.keys(require('./l10n/bundle.l10n.json')).join()")" = 'written out' ]
if grep -i -e warn -e 'taken out' said; then exit 1; fi
echo 'as described'
# Seen with Node 20.20:
#   @vscode/l10n-dev 0.0.35
#   exported: written out
#   as described
