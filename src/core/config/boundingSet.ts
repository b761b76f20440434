/**
 * What root of a container may have at most (capabilities(7)). Used by the plan, by checks and by what is
 * said before a start.
 */
import { runtimeOf } from './engine';
import type { OciConfig } from './schema';

type Given = Pick<OciConfig, 'process' | 'annotations'>;

/**
 * A set that `process.capabilities` does not name is empty, under all engines. Without
 * `process.capabilities` runc and crun take everything away, as the specification's "no value" reads; the
 * built-in engine takes nothing.
 * @returns undefined where nothing is taken away
 */
export function boundingSet(config: Given): readonly string[] | undefined {
  const { capabilities } = config.process;
  if (!capabilities) return runtimeOf(config) ? [] : undefined;
  return capabilities.bounding ?? [];
}

/** Whether PID 1 may mount file systems. */
export function mayMount(config: Given): boolean {
  return boundingSet(config)?.includes('CAP_SYS_ADMIN') ?? true;
}
