/** The start sequence of a config.json as it is typed, for the read-only preview. */
import path from 'node:path';
import { TerrariumError } from '../errors';
import { editorBundle, editorFacts } from '../config/checkPlan';
import { runtimeOf } from '../config/engine';
import { parseConfig } from '../config/parseConfig';
import { describePlan } from './commandLine';
import type { HostFacts } from './hostFacts';
import { planStart } from './planStart';
import { visible } from '../text/visible';

export interface PlanWords {
  /** Stands where the file cannot be planned; gets the reason. */
  broken(reason: string): string;
  /** Heads what the engine leaves out. */
  readonly notCarriedOut: string;
  runtime(name: string): string;
}

/** @returns a text that a shell would read: reasons as comments, each above its command */
export async function planText(
  text: string,
  file: string,
  privilege: HostFacts['privilege'],
  words: PlanWords,
): Promise<string> {
  const { config, diagnostics } = parseConfig(text);
  if (!config) {
    const [first] = diagnostics;
    return `# ${words.broken(first ? `${first.line}:${first.column}: ${first.message}` : '')}\n`;
  }
  const bundle = editorBundle(path.dirname(file), config);
  const runtime = runtimeOf(config);
  if (runtime) return `# ${words.runtime(runtime)}\n`;
  try {
    const plan = planStart(bundle, await editorFacts(bundle, privilege));
    const warnings = plan.warnings.map((warning) => `#   ${visible(warning)}\n`);
    return [
      ...(warnings.length ? [`# ${words.notCarriedOut}\n`, ...warnings, '\n'] : []),
      ...describePlan(plan).map(({ why, command }) => `# ${visible(why)}\n${visible(command)}\n\n`),
    ].join('');
  } catch (error) {
    if (!(error instanceof TerrariumError)) throw error;
    return `# ${words.broken(visible(error.message))}\n`;
  }
}
