/** The plan of a bundle "by hand" (byHand.ts): unshare(1), mount(8), chroot(1), and nothing else. Used by `planStart`. */
import path from 'node:path';
import type { Bundle } from '../bundle/loadBundle';
import { notByHand } from '../config/byHand';
import { isBind, sourceOf } from '../config/mountKinds';
import type { NamespaceType } from '../config/namespaceTypes';
import type { OciConfig } from '../config/schema';
import { unsupported } from '../config/unsupported';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import { emulationWarnings, withoutEmulators } from './emulationSteps';
import type { HostFacts } from './hostFacts';
import { mappingWarnings, ownerWarnings } from './identitySteps';
import { namespacesOf, requireOwn } from './namespaces';
import { nameSteps } from './nameSteps';
import { handEnvironment } from './payloadEnvironment';
import { commonWarnings, warningList } from './startWarnings';
import type { StartPlan, Step } from './step';
import { mappingsFor } from './userNamespace';

/** @throws TerrariumError `not-by-hand` and those of `namespacesOf`, `requireOwn`, `handEnvironment` */
export function planByHand(bundle: Bundle, facts: HostFacts): StartPlan {
  const { config, name } = bundle;
  refuseOthers(bundle, facts);
  const wanted = namespacesOf(config, name);
  const rootless = facts.privilege === 'rootless';
  if (rootless) wanted.add('user');
  // Root is the person and nobody else is there: unshare(1) can map that much without newuidmap(1).
  const mappings = rootless ? mappingsFor({}, withoutRange(facts)) : undefined;
  if (mappings) requireOwn(bundle, wanted);
  const shell = facts.noBash ? 'sh' : 'bash';
  const types = inOrder(wanted);
  const hasProcesses = wanted.has('pid');
  return {
    way: 'hand',
    unshare: {
      id: 'unshare',
      where: 'host',
      kind: 'unshare',
      types,
      ...{ mapRootUser: rootless, keepCaps: false, shell, mountsProc: hasProcesses },
      why: `Make new namespaces (${types.join(', ')}); ${shell} is ${hasProcesses ? 'PID 1' : 'the first process'} in them and stays on the host’s filesystem`,
    },
    session: {
      id: 'own-session',
      where: 'namespaces',
      ...{ kind: 'setsid', takesTerminal: facts.tty !== undefined },
      why: `Give the program in the rootfs ${facts.tty === undefined ? 'a session' : 'a session and the terminal'} of its own, so that what it sends to its group stays inside`,
    },
    rootfs: [
      ...config.mounts.map((mount, index) => mountStep(bundle, mount, index)),
      ...nameSteps(config, wanted, rootless, 'program'),
    ],
    payload: {
      id: 'payload',
      where: 'namespaces',
      ...{ kind: 'execute', args: config.process.args, chroot: bundle.rootfs },
      why: `Start the program in the rootfs: a child of ${shell} with another root`,
    },
    ...{ writeIdMaps: [], dropPrivileges: [], pivot: [], filterWarnings: [] },
    cwd: '/',
    env: withoutEmulators(handEnvironment(bundle, facts.home), facts),
    ...(facts.emulation ? { emulation: facts.emulation } : {}),
    warnings: warningList([
      ...unsupported(config, facts.cgroups, facts.privilege, 'hand', facts.securityModules).map(
        ({ message }) => message,
      ),
      ...(mappings ? mappingWarnings({ ...mappings, lacksRange: false }) : []),
      ...ownerWarnings(mappings, facts),
      ...emulationWarnings(bundle, facts, false),
      ...commonWarnings(bundle),
    ]),
  };
}

function refuseOthers({ name, config }: Bundle, { privilege }: HostFacts): void {
  const [first] = notByHand(config, privilege);
  if (!first) return;
  throw new TerrariumError(
    'not-by-hand',
    `“${escapeControlCharacters(name)}”: ${first.problem}`,
    'Remove it from config.json; or remove the annotation dev.terrarium.root, and the container gets a root of its own (pivot_root), where it can be had.',
  );
}

function withoutRange(facts: HostFacts) {
  const { privilege, uid, gid } = facts;
  return { privilege, uid, gid };
}

/** As the file has them; a user namespace first, because its root makes the others. */
function inOrder(wanted: ReadonlySet<NamespaceType>): NamespaceType[] {
  return [...wanted].sort((a, b) => Number(b === 'user') - Number(a === 'user'));
}

/** On a folder or file that is there: nothing is made in the rootfs. */
function mountStep(bundle: Bundle, mount: OciConfig['mounts'][number], index: number): Step {
  const destination = path.posix.resolve('/', mount.destination);
  if (destination === '/' || mount.destination.split('/').includes('..')) {
    throw new TerrariumError(
      'mount-destination',
      `“${escapeControlCharacters(bundle.name)}”: a mount's destination is “${escapeControlCharacters(mount.destination)}”, which is not a place inside the rootfs.`,
      'Give an absolute path below / without “..” in config.json.',
    );
  }
  const frame = { id: `mount:${destination}#${index}`, where: 'namespaces' } as const;
  const name = bundle.rootfs + destination;
  const all = (mount.options ?? []).filter((option) => option !== 'defaults');
  const options = all.filter((option) => !/^r?bind$/.test(option));
  if (isBind(mount))
    return {
      ...{ ...frame, kind: 'bind', recursive: all.includes('rbind'), name, options },
      source: sourceOf(bundle, mount.source),
      why: `Show a folder or file of the host at ${destination}, too`,
    };
  const type = mount.type ?? 'none';
  return {
    ...{ ...frame, kind: 'mount', type, source: mount.source || 'none', name, options },
    why:
      type === 'proc'
        ? `Mount a second procfs for the program inside, whose /proc is ${destination} of the rootfs`
        : `Mount a ${type} at ${destination} of the rootfs`,
  };
}
