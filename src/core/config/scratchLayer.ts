/**
 * A container on a scratch layer (`dev.terrarium.overlay`): an overlay of the rootfs, which stays as it is, and a
 * folder beside it that takes what is changed inside.
 */
import type { EngineConfig } from './engine';

const key = 'dev.terrarium.overlay';

/** In the bundle: `upper`, `work` and a `.gitignore` of its own. */
export const layerFolderName = '.terrarium';

export function isOnLayer({ annotations }: EngineConfig): boolean {
  return annotations?.[key] === 'true';
}

/** The bundle as if its config.json asked for a layer. */
export function onLayer<B extends { readonly config: EngineConfig }>(bundle: B): B {
  const { config } = bundle;
  return {
    ...bundle,
    config: { ...config, annotations: { ...config.annotations, [key]: 'true' } },
  };
}

/** The configuration as if it asked for none. */
export function offLayer<C extends EngineConfig>(config: C): C {
  const kept = Object.entries(config.annotations ?? {}).filter(([name]) => name !== key);
  return { ...config, annotations: Object.fromEntries(kept) };
}
