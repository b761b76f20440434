/** Who starts a bundle: the annotation `dev.terrarium.engine`, whose values the schema knows. */
import type { OciConfig } from './schema';

export type RuntimeName = 'runc' | 'crun';

/** @returns undefined for the built-in engine */
export function runtimeOf({
  annotations,
}: Pick<OciConfig, 'annotations'>): RuntimeName | undefined {
  const engine = annotations?.['dev.terrarium.engine'];
  return engine === 'runc' || engine === 'crun' ? engine : undefined;
}
