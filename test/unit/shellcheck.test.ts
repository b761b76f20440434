// Which shell scripts ShellCheck is shown: `npm run shellcheck` is a case of the static level.
import assert from 'node:assert/strict';
import { projectRoot } from '../host/project.mjs';
import { allScripts } from '../shellcheck/scripts.mjs';

describe('the shell scripts', () => {
  let names: string[];
  let scripts: Map<string, string>;
  before(async () => {
    scripts = await allScripts(projectRoot());
    names = [...scripts.keys()];
  });

  it('are files, those that run start sequences first', () => {
    for (const name of ['exported', 'init', 'steps', 'wait'])
      assert.ok(names.includes(`src/core/sequence/${name}.sh`), name);
    assert.ok(names.includes('test/host/vm-init.sh'));
  });

  it('are exported ones, and each form of the scripts that stand in them as text', () => {
    assert.ok(names.includes('exported: own, root'));
    for (const name of ['steps', 'init', 'wait'])
      assert.ok(
        names.some((one) => one.startsWith('exported: ') && one.endsWith(`: $${name}`)),
        name,
      );
  });

  it('are what the code gives to sh -c, in its own words or by a name', () => {
    const inline = (file: string) =>
      names.filter((name) => name.startsWith(`src/${file}:`)).map((name) => scripts.get(name));
    assert.match(inline('helper/host/idMapTools.ts').join(), /^echo ready; read -r _$/m);
    assert.match(inline('helper/host/holderCommand.ts').join(), /^shift 2$/m);
  });
});
