/** What `npm run package` puts into the VSIX. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { listFiles } from '@vscode/vsce';

describe('the VSIX', () => {
  it('holds the bundles, media, node-pty for both machines, and nothing else', async function () {
    this.timeout(60_000); // it asks npm which dependencies are whose
    const files = await listFiles({ cwd: process.cwd() });
    const allowed = [
      /^(package\.json|package\.nls\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
      /^dist\/(extension|core|helper)\.js$/,
      /^dist\/webview\/usage\.(js|css)$/,
      /^dist\/config\.schema\.json$/,
      /^l10n\/[\w.]+\.json$/,
      /^media\/(icon\.png|terrarium\.svg|walkthrough\/[\w-]+\.\w+|screenshots\/\w+\.png)$/,
      /^node_modules\/node-pty\/(package\.json|LICENSE|lib\/\w+\.js|prebuilds\/linux-(x64|arm64)\/[\w.-]+)$/,
    ];
    const strange = files.filter((file) => !allowed.some((pattern) => pattern.test(file)));
    assert.deepEqual(strange, []);
    for (const needed of [
      'dist/extension.js',
      'dist/core.js',
      'dist/helper.js',
      'node_modules/node-pty/prebuilds/linux-x64/pty.node',
      'node_modules/node-pty/prebuilds/linux-arm64/pty.node',
    ]) {
      assert.ok(files.includes(needed), needed);
      assert.ok(existsSync(needed), needed);
    }
  });
});
