/** The start sequence of a config.json as it is typed, for the read-only preview. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../errors';
import { parseConfig } from '../config/parseConfig';
import { bindSources } from './mountSteps';
import { describePlan } from './commandLine';
import { type HostFacts, planStart } from './planStart';
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
  const folder = path.dirname(file);
  const bundle = {
    path: folder,
    name: path.basename(folder),
    rootfs: path.resolve(folder, config.root.path),
    config,
  };
  const engine = config.annotations?.['dev.terrarium.engine'];
  if (engine === 'runc' || engine === 'crun') return `# ${words.runtime(engine)}\n`;
  try {
    const plan = planStart(bundle, {
      privilege,
      uid: process.getuid!(),
      gid: process.getgid!(),
      sources: await sourcesOf(bundle),
      devices: new Map(),
      cgroups: 'v2',
    });
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

async function sourcesOf(
  bundle: Parameters<typeof bindSources>[0],
): Promise<Map<string, 'file' | 'directory'>> {
  const found = new Map<string, 'file' | 'directory'>();
  for (const source of bindSources(bundle)) {
    const there = await stat(source).catch(() => undefined); // planStart says what is missing
    if (there) found.set(source, there.isDirectory() ? 'directory' : 'file');
  }
  return found;
}
