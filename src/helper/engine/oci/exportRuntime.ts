/** A start by launchRuntime.ts as a script to run by hand: the same config.json, the same command. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { EngineFacts } from '../../../core/config/engineFacts';
import { quote } from '../../../core/text/quote';
import type { HostFacts } from '../../../core/sequence/hostFacts';
import { scriptBeginning } from '../../../core/sequence/scriptBeginning';
import { unlessScriptEnded } from '../../../core/sequence/unlessStarterEnded';
import { engineWarnings } from '../../../core/sequence/startWarnings';
import { aroundRuntime, runtimeConfig, runtimeText } from './runtimeConfig';
import { requireReachable } from './runtimeNamespaces';

/**
 * @returns a POSIX shell script, for the same user
 * @throws TerrariumError `namespace-path`
 */
export function exportRuntime(engine: EngineFacts, bundle: Bundle, facts: HostFacts): string {
  const { name: runtime } = engine;
  // One line of JSON cannot end the here-document.
  const document = (terminal: boolean) =>
    `cat >"$folder/config.json" <<'END-OF-CONFIG'\n${runtimeText(runtimeConfig(bundle, facts, terminal))}\nEND-OF-CONFIG`;
  const root = facts.privilege === 'root';
  if (root) requireReachable(runtime, bundle);
  const id = `terrarium-${bundle.name.replace(/[^A-Za-z0-9_.-]/g, '_')}`;
  const documents =
    bundle.config.process.terminal === false
      ? `${document(false)} || exit`
      : `if [ -t 0 ]; then\n${document(true)}\nelse\n${document(false)}\nfi || exit`;
  // A rootless runtime keeps its state below XDG_RUNTIME_DIR.
  const place = root ? '' : 'XDG_RUNTIME_DIR=$folder\nexport XDG_RUNTIME_DIR\n';
  const [endsWith, ...apart] = aroundRuntime(root, bundle.config).map((words) =>
    words.map(quote).join(' '),
  );
  const what = `The start under ${runtime}`;
  const warnings = engineWarnings(bundle, engine, facts);
  const { head, alone } = scriptBeginning(bundle, warnings, facts, what);
  return `${head}
${alone}
# What ${runtime} is given: config.json with absolute paths${root ? '' : ', and the user namespace that it cannot do without'}.
folder=$(mktemp -d) || exit
trap 'ended=$?; rm -r "$folder"; exit "$ended"' EXIT
trap : HUP INT TERM
${documents}
${place}
# ${runtime} makes the container in its own way.
(
  trap - EXIT HUP INT TERM
  exec ${[endsWith, unlessScriptEnded, ...apart].join(' ')} ${runtime} run --bundle "$folder" ${id}-$$
)
`;
}
