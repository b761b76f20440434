/** The start sequence of a config.json as it is typed, for the read-only preview. */
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../errors';
import { editorBundle, editorFacts } from './checkPlan';
import { keyName } from '../config/describeIssue';
import { type RuntimeName, runtimeOf } from '../config/engine';
import { type EngineFacts, engineFacts } from '../config/engineFacts';
import { parseConfig } from '../config/parseConfig';
import { stepInfo } from '../sequence/commandLine';
import { emulationFactsOf } from '../sequence/emulationFacts';
import { quote } from '../text/quote';
import type { HostFacts } from '../sequence/hostFacts';
import { missingFolders } from '../sequence/missingFolders';
import { planStart } from '../sequence/planStart';
import { engineWarnings } from '../sequence/startWarnings';
import { type Step, type StepWhere, stepsOf } from '../sequence/step';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** `outside`: on the host, while PID 1 waits. */
type StepPlace = StepWhere | 'outside';

export interface PlanLabels {
  /** Stands where the file cannot be planned; gets the reason. */
  broken(reason: string): string;
  /** Heads what the engine leaves out. */
  readonly warningsHeading: string;
  runtime(name: string): string;
  /** Heads the commands that run in one place. */
  readonly places: Readonly<Record<StepPlace, string>>;
}

/**
 * @param engineOf what is known of the runtime that the file names
 * @returns a text that a shell would read: reasons as comments, each above its command, and a `cd` to
 * the folder that commands run from
 */
export async function planText(
  text: string,
  file: string,
  privilege: HostFacts['privilege'],
  words: PlanLabels,
  engineOf: (name: RuntimeName) => Promise<EngineFacts> = engineFacts,
): Promise<string> {
  const parsed = parseConfig(text);
  if (!parsed.config) {
    const [first] = parsed.diagnostics;
    return `# ${words.broken(first ? `${first.line}:${first.column}: ${first.message}` : '')}\n`;
  }
  const { config } = parsed;
  const bundle = {
    ...editorBundle(path.dirname(file), config),
    ignored: parsed.ignored.map(keyName),
  };
  const warningLines = (warnings: readonly string[]) =>
    warnings.length === 0
      ? ''
      : `# ${words.warningsHeading}\n${warnings.map((one) => `#   ${escapeControlCharacters(one)}\n`).join('')}\n`;
  const runtime = runtimeOf(config);
  try {
    const emulation = await emulationFactsOf(bundle, privilege);
    const facts = await editorFacts(bundle, privilege, emulation);
    if (runtime) {
      const warnings = engineWarnings(bundle, await engineOf(runtime), facts);
      return `${warningLines(warnings)}# ${words.runtime(runtime)}\n`;
    }
    const plan = planStart(bundle, facts);
    const steps = stepsOf(plan);
    const missing = await missingFolders(
      await realpath(bundle.rootfs).catch(() => bundle.rootfs),
      steps,
    );
    const folders = { host: '/', outside: '/', namespaces: bundle.rootfs, container: plan.cwd };
    const isOutside = (step: Step) => plan.pivot.includes(step) || plan.writeIdMaps.includes(step);
    let place: StepPlace | undefined;
    const parts = steps.map((step) => {
      const { why, command } = stepInfo(step);
      const where = isOutside(step) ? 'outside' : step.where;
      const head =
        where === place
          ? ''
          : `# ── ${words.places[where]}\ncd ${escapeControlCharacters(quote(folders[where]))}\n\n`;
      place = where;
      const made = missing.has(step) ? `mkdir -p ${quote(`.${step.cwd}`)} && ` : '';
      return `${head}# ${escapeControlCharacters(why)}\n${escapeControlCharacters(made + command)}\n\n`;
    });
    return [warningLines(plan.warnings), ...parts].join('');
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    return `# ${words.broken(escapeControlCharacters(error.message))}\n`;
  }
}
