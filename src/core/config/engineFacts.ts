/**
 * Which version of runc or crun this machine has, and what it says that it knows. Read before a start
 * under it and for the diagnostics of config.json (unsupportedByEngine.ts).
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { findTool } from '../fs/findTool';
import { runTool } from '../fs/runTool';
import type { RuntimeName } from './engine';

export interface EngineFacts {
  readonly name: RuntimeName;
  /** `1.1.5`; undefined where it says none, or is not installed. */
  readonly version: string | undefined;
  /** What `features` lists; undefined where this version has no such command. */
  readonly mountOptions?: ReadonlySet<string>;
  readonly namespaces?: ReadonlySet<string>;
  /** Whether this machine has SELinux on. */
  readonly selinux: boolean;
}

/** What either program may take, in milliseconds; 30 are usual. */
const timeout = 5000;

/** Of features-linux.md of the OCI runtime specification. */
const Features = z.object({
  mountOptions: z.array(z.string()).optional(),
  linux: z.object({ namespaces: z.array(z.string()).optional() }).optional(),
});

const known = new Map<string, Promise<EngineFacts>>();

/** Without a version where it is not installed, which a start says. */
export async function engineFacts(name: RuntimeName): Promise<EngineFacts> {
  const program = findTool(name);
  const file = program && (await stat(program).catch(() => undefined)); // it is being replaced
  if (!program || !file) return { name, version: undefined, selinux: false };
  const key = [program, file.ino, file.size, file.mtimeMs].join(' ');
  let facts = known.get(key);
  if (!facts) known.set(key, (facts = ask(name, program)));
  return facts;
}

async function ask(name: RuntimeName, program: string): Promise<EngineFacts> {
  const [version, features] = await Promise.all([
    output(program, '--version'),
    output(program, 'features'),
  ]);
  return {
    ...{ name, version: parseVersion(version), ...parseFeatures(features) },
    selinux: existsSync('/sys/fs/selinux/enforce'),
  };
}

/** @param text `runc version 1.1.5+ds1` and further lines */
export function parseVersion(text: string): string | undefined {
  return /^\S+ version v?(\d+(?:\.\d+)+)/m.exec(text)?.[1];
}

/** @param text nothing, or an error, where the engine has no such command */
export function parseFeatures(text: string): Pick<EngineFacts, 'mountOptions' | 'namespaces'> {
  const { mountOptions, linux } = Features.safeParse(jsonOf(text)).data ?? {};
  return {
    ...(mountOptions ? { mountOptions: new Set(mountOptions) } : {}),
    ...(linux?.namespaces ? { namespaces: new Set(linux.namespaces) } : {}),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Empty where it fails. */
async function output(program: string, command: string): Promise<string> {
  const { failed, stdout } = await runTool(program, [command], { timeout });
  return failed ? '' : stdout;
}
