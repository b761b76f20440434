/** `helper.js plan BUNDLE`: the start sequence as a shell script that anyone can run by hand. */
import { loadBundleOrFolder } from '../core/bundle/loadBundleOrFolder';
import { quote } from '../core/sequence/commandLine';
import { exportScript } from '../core/sequence/exportScript';
import { planStart } from '../core/sequence/planStart';
import { runtimeOf } from '../core/config/engine';
import { gatherFacts } from './launch/gatherFacts';

export async function plan(folder: string): Promise<string> {
  const bundle = await loadBundleOrFolder(folder);
  const runtime = runtimeOf(bundle.config);
  if (runtime) {
    const id = quote(`terrarium-${bundle.name.replace(/[^A-Za-z0-9_.-]/g, '_')}`);
    return `#!/bin/sh\n# ${runtime} makes the container in its own way.\nexec ${runtime} run --bundle ${quote(bundle.path)} ${id}\n`;
  }
  const facts = await gatherFacts(bundle);
  return exportScript(bundle, planStart(bundle, facts), facts);
}
