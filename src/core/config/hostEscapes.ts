/**
 * What in a `config.json` has an installed runtime act on the machine itself, outside the container and
 * with the helper's privilege, as hooks would: load a library, write where the file says, connect to a
 * socket, speak to systemd, change a file system that the machine has mounted itself. It is handed over
 * as it stands, so `parseConfig` refuses it. What only gives the container something of the machine (a
 * bind, netDevices, intelRdt) is what a bundle is for.
 */
import { foldCase } from './caseInsensitiveKeys';
import { runtimeOf } from './engine';
import type { OciConfig } from './schema';

export interface HostEscape {
  readonly path: readonly (string | number)[];
  /** Of a sentence that begins with the key's name. */
  readonly reason: string;
  /** Where no other runtime is the way to have it. */
  readonly remedy?: string;
}

/**
 * Whole families, because every version knows further ones (crun(1); runc's docs/systemd-properties.md;
 * `org.criu.config` names a file of options with programs to run).
 */
const families = ['run.oci.', 'module.wasm.', 'org.systemd.property.', 'org.criu.'];

/** linux.seccomp passes through whole, and runc, as all of Go's JSON, knows no case of a key. */
const ofListeners = ['listenerPath', 'listenerMetadata'].map(foldCase);

/** Empty for the built-in engine, to which all of this means nothing. */
export function hostEscapes(config: OciConfig): HostEscape[] {
  const runtime = runtimeOf(config);
  if (!runtime) return [];
  const annotations = Object.keys(config.annotations ?? {})
    .filter((key) => families.some((family) => key.startsWith(family)))
    .map((key) => ({
      path: ['annotations', key],
      reason: `can have ${runtime} act on this machine, outside the container; Terrarium hands no such annotation over`,
    }));
  const listeners = Object.keys(config.linux.seccomp ?? {})
    .filter((key) => ofListeners.includes(foldCase(key)))
    .map((key) => ({
      path: ['linux', 'seccomp', key],
      reason: `would have ${runtime} connect to a socket of this machine; Terrarium hands it over to none`,
    }));
  const remounts = config.mounts.flatMap(({ options = [] }, index) =>
    options.flatMap((option, at) =>
      option === 'remount'
        ? [
            {
              path: ['mounts', index, 'options', at],
              reason: `would have ${runtime} change a file system wherever else it is mounted, on this machine too`,
            },
          ]
        : [],
    ),
  );
  return [...annotations, ...listeners, ...remounts];
}
