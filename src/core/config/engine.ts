/** Who starts a bundle: the annotation `dev.terrarium.engine`, whose values the schema knows. */
import type { OciConfig } from './schema';

export type RuntimeName = 'runc' | 'crun';

export type EngineConfig = Pick<OciConfig, 'annotations'>;

/** @returns undefined for the built-in engine */
export function runtimeOf({ annotations }: EngineConfig): RuntimeName | undefined {
  const engine = annotations?.['dev.terrarium.engine'];
  return engine === 'runc' || engine === 'crun' ? engine : undefined;
}
