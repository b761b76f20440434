/** How the variables of `process.env` reach the payload, which a waiting shell executes. Used by `planStart`. */
import type { Bundle } from '../bundle/loadBundle';
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';
import type { Step } from './step';

export interface PayloadEnvironment {
  /** What init.sh exports by itself, once nothing of the host's runs in PID 1 any more. */
  readonly exported: readonly string[];
  /** What a shell cannot export is put in its own environment before; no step where there is none. */
  readonly steps: readonly Step[];
  /** Only bash hands on a variable whose name is none of a shell's. */
  readonly needsBash: boolean;
}

/**
 * glibc's list of what it ignores in a setuid program (sysdeps/generic/unsecvars.h), all of ld.so's, where
 * mount(8) keeps its files, and musl its locales.
 */
const unsafeName =
  /^(LD_|LANGUAGE|OUTPUT_CHARSET|LIBMOUNT_|LIBBLKID_|BLKID_|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|HOSTALIASES|LOCALDOMAIN|LOCPATH|MALLOC_|MUSL_LOCPATH|NIS_PATH|NLSPATH|RESOLV_|RES_OPTIONS|TMPDIR|TZDIR|BASH_ENV$|ENV$|IFS$|PS4$|SHELLOPTS$|BASHOPTS$)/;

/** Whether config.json says what HOME is; otherwise the rootfs has it. */
export function hasHome(env: readonly string[] = []): boolean {
  return env.some((one) => one.startsWith('HOME='));
}

/** Variables that a program of the host must never see when a bundle sets them. */
function isUnsafeForHostPrograms(variable: string): boolean {
  return unsafeName.test(variable.split('=', 1)[0]!);
}

/**
 * By hand env(1) of the host sets them, which takes every name, and chroot(1) of the host has them.
 * @param home of the user, in the rootfs's passwd
 * @throws TerrariumError `env-name`, `env-unsafe`
 */
export function handEnvironment({ config, name }: Bundle, home?: string): readonly string[] {
  const env = withHome(config.process.env, home);
  for (const variable of env) checkVariable(variable, true, name);
  return env;
}

/** Images rely on HOME (runc: libcontainer/init_linux.go). An empty one stays, as under crun. */
export function withHome(env: readonly string[] = [], home = '/'): readonly string[] {
  return hasHome(env) ? env : [...env, `HOME=${home}`];
}

/** @throws TerrariumError `env-name` */
export function payloadEnvironment(env: readonly string[], name: string): PayloadEnvironment {
  for (const variable of env) checkVariable(variable, false, name);
  const isEarly = (variable: string) => !isExportable(variable) || isReadOnlyInBash(variable);
  const early = env.filter(isEarly);
  return {
    exported: env.filter((variable) => !isEarly(variable)),
    steps: early.length
      ? [
          {
            id: 'env',
            where: 'namespaces',
            ...{ kind: 'environment', variables: early },
            why: 'Set the variables that a shell cannot export',
          },
        ]
      : [],
    // dash takes nothing but a number for OPTIND, and ends otherwise.
    needsBash: env.some((one) => !isExportable(one) || /^OPTIND=(?!\d{1,9}$)/.test(one)),
  };
}

/** By any shell (XBD 3.216, Name). */
function isExportable(variable: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*=/.test(variable);
}

/** bash takes them from its environment and hands them on, and then lets nobody change them. */
function isReadOnlyInBash(variable: string): boolean {
  return /^E?UID=/.test(variable);
}

function checkVariable(variable: string, byHand: boolean, name: string): void {
  const [its = ''] = variable.split('=', 1);
  const unsafe = isUnsafeForHostPrograms(variable);
  if (its === '' || (!byHand && unsafe && !isExportable(variable))) {
    throw new TerrariumError(
      'env-name',
      `“${escapeControlCharacters(name)}”: process.env holds “${escapeControlCharacters(its)}”, which cannot be set without showing it to programs of this machine.`,
      'Use NAME=value with letters, digits and underscores in the name.',
    );
  }
  if (byHand && unsafe) {
    throw new TerrariumError(
      'env-unsafe',
      `“${escapeControlCharacters(name)}” sets ${escapeControlCharacters(its)} and is started by hand, where a program of this machine would read it with all privileges.`,
      'Remove the variable; or remove the annotation dev.terrarium.root, and the container gets a root of its own (pivot_root).',
    );
  }
}
