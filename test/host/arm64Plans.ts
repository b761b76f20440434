/** Plans of starts on an arm64 machine, and what their programs print there. Bundled and loaded by vmArm64.mjs. */
import { type StartingPoint, startingPoints } from '../../src/core/config/templates';
import type { OciConfig } from '../../src/core/config/schema';
import { encodeProgram, lengthWord } from '../../src/core/sequence/encodeProgram';
import type { HostFacts } from '../../src/core/sequence/hostFacts';
import { planStart } from '../../src/core/sequence/planStart';

export interface Arm64Plan {
  readonly name: string;
  readonly encoded: Buffer;
  readonly prints: string;
}

const facts: HostFacts = {
  ...{ privilege: 'root', machine: 'arm64', uid: 0, gid: 0, cgroups: 'v2', mayMakeDevices: true },
  ...{ devices: new Map(), sources: new Map(), flags: new Map() },
};

const look = `echo pid $$ on $(uname -m), host $(hostname)
grep -E '^(CapBnd:.*00405|NoNewPrivs:|Seccomp:)' /proc/self/status
echo nothing >/dev/null && mkdir /tmp/made 2>&1 && rmdir /tmp/made && echo made || true`;

function planned(
  name: string,
  point: StartingPoint['id'],
  ends: readonly string[],
  change?: (config: OciConfig) => void,
): Arm64Plan {
  const config = startingPoints.find(({ id }) => id === point)!.config('box');
  config.process.args = ['/bin/sh', '-c', look];
  change?.(config);
  const bundle = { path: '/box', name: 'box', rootfs: '/box/rootfs', config };
  const plan = planStart(bundle, facts);
  const encoded = encodeProgram(plan, {
    ...{ rootfs: bundle.rootfs, uid: 0, gid: 0, toolOf: (tool: string) => tool },
  });
  const prints = ['pid 1 on aarch64, host box', ...ends].map((line) => `${line}\n`).join('');
  return { name, encoded: Buffer.concat([lengthWord(encoded), encoded]), prints };
}

/** The filter of `own` refuses to remount; that of the last one has numbers of arm64 alone. */
export const arm64Plans: readonly Arm64Plan[] = [
  planned('own', 'notes', ['NoNewPrivs:\t0', 'Seccomp:\t2', 'made']),
  planned('safe', 'safe', ['CapBnd:\t00000000000405fb', 'NoNewPrivs:\t1', 'Seccomp:\t2', 'made']),
  planned(
    'seccomp',
    'notes',
    [
      'NoNewPrivs:\t0',
      'Seccomp:\t2',
      `mkdir: can't create directory '/tmp/made': No space left on device`,
    ],
    ({ linux }) => {
      linux.seccomp = {
        defaultAction: 'SCMP_ACT_ALLOW',
        architectures: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
        syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28 }],
      };
    },
  ),
];
