/** The keys of `annotations` that are ours, for the schema and for the warnings about it. */

/** The annotations that mean something to Terrarium, with the values that they may have. */
export const ownAnnotations: Readonly<Record<string, readonly string[]>> = {
  'dev.terrarium.root': ['pivot_root', 'chroot'],
  'dev.terrarium.engine': ['builtin', 'runc', 'crun'],
  'dev.terrarium.idMappings': ['own', 'file'],
  'dev.terrarium.remount': ['refused', 'allowed'],
  'dev.terrarium.overlay': ['true', 'false'],
};
