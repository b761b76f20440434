/** linux.devices: nodes beyond the default ones. Used by `planStart`. */
import path from 'node:path';
import { insteadOfDevices } from '../config/insteadOfDevices';
import { isBind, topmostMounts } from '../config/mountKinds';
import type { OciConfig } from '../config/schema';
import { TerrariumError } from '../errors';
import { inParent } from './mountTargets';
import { deviceBindOptions } from './mountOptions';
import type { Operation } from './operation';
import type { HostFacts } from './hostFacts';
import type { Step } from './step';

/**
 * Only below a tmpfs of the container: a node on disk would stay there for whoever opens it next.
 * @param userNamespace mknod(2) is refused in one: the machine's own node is lent there instead
 * @param hasConsole the terminal of PID 1 is bound to /dev/console
 * @throws TerrariumError `device-place`, `device-missing`
 */
export function ownDeviceSteps(
  config: OciConfig,
  facts: HostFacts,
  userNamespace: boolean,
  hasConsole: boolean,
): Step[] {
  // What is mounted last on the way is what it would be made in.
  const topmost = topmostMounts(config.mounts);
  const isInMemory = (place: string) => {
    const top = topmost(path.posix.dirname(place));
    return top?.type === 'tmpfs' && !isBind(top);
  };
  const provided = insteadOfDevices(config);
  return (config.linux.devices ?? []).flatMap((device, index): Step[] => {
    const place = path.posix.resolve('/', device.path);
    if (provided[index]) return [];
    if (hasConsole && place === '/dev/console') return [];
    if (!isInMemory(place)) {
      throw new TerrariumError(
        'device-place',
        `linux.devices asks for ${place}, which is not below a tmpfs of the container, so the node would stay in the rootfs.`,
        'Put it below /dev, or remove it from config.json.',
      );
    }
    const { cwd, name } = inParent(place);
    const step = (id: string, operation: Operation, why: string): Step => ({
      ...operation,
      id: `${id}:${place}`,
      where: 'namespaces',
      group: 'devices',
      cwd,
      why,
    });
    const numbers = device.type === 'p' ? [] : [device.major ?? 0, device.minor ?? 0];
    if (!userNamespace) {
      const mode = device.fileMode ?? 0o666;
      return [
        step(
          'device',
          { kind: 'mknod', name, type: device.type, mode, numbers },
          `Make the device ${place}`,
        ),
        ...(device.uid || device.gid
          ? [
              step(
                'device-owner',
                { kind: 'chown', name, uid: device.uid ?? 0, gid: device.gid ?? 0 },
                `Give ${place} to its user`,
              ),
            ]
          : []),
      ];
    }
    if (device.type === 'p')
      return [
        step('device', { kind: 'mknod', name, type: 'p', numbers }, `Make the pipe ${place}`),
      ];
    if (facts.devices.get(place) !== `${device.type === 'b' ? 'b' : 'c'} ${numbers.join(':')}`) {
      throw new TerrariumError(
        'device-missing',
        `linux.devices asks for ${place} (${device.type} ${numbers.join(':')}), which this machine does not have there; a user namespace can only be lent one.`,
        'Remove it, or the user namespace, from config.json.',
      );
    }
    return [
      step('file', { kind: 'createFiles', names: [name] }, 'Create a file as the mount point'),
      step(
        'device',
        { kind: 'bind', source: place, name, options: deviceBindOptions },
        `Bind the ${place} of the host`,
      ),
    ];
  });
}
