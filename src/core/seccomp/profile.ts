/** `linux.seccomp` as `compileSeccomp` takes it (`config/seccompSchema.ts` parses it), and its problems. */
import type {
  SeccompAction,
  SeccompArchitecture,
  SeccompFlag,
  SeccompOperator,
} from '../config/seccompSchema';
import { TerrariumError } from '../errors';

/** A number above 2^53 is exact as a bigint only: `withExactValues` makes them from the text. */
export interface ArgumentCondition {
  /** 0 is the first argument, 5 the last. */
  readonly index: number;
  readonly op: SeccompOperator;
  /** Of SCMP_CMP_MASKED_EQ the mask, and `valueTwo` what it is compared with. */
  readonly value: number | bigint;
  readonly valueTwo?: number | bigint | undefined;
}

export interface SyscallEntry {
  readonly names: readonly string[];
  readonly action: SeccompAction;
  readonly errnoRet?: number | undefined;
  readonly args?: readonly ArgumentCondition[] | undefined;
}

export interface SeccompProfile {
  readonly defaultAction: SeccompAction;
  readonly defaultErrnoRet?: number | undefined;
  readonly architectures?: readonly SeccompArchitecture[] | undefined;
  readonly flags?: readonly SeccompFlag[] | undefined;
  readonly listenerPath?: string | undefined;
  readonly listenerMetadata?: string | undefined;
  readonly syscalls?: readonly SyscallEntry[] | undefined;
}

/** The keys of a profile; `seccompSchema.ts` lets others pass, for `hostEscapes`. */
export const profileKeys: ReadonlySet<string> = new Set<keyof SeccompProfile>([
  'defaultAction',
  'defaultErrnoRet',
  'architectures',
  'flags',
  'listenerPath',
  'listenerMetadata',
  'syscalls',
]);

/** @param key below `linux.seccomp`: `.syscalls[3].action` */
export function refuse(code: string, key: string, problem: string, remedy: string): never {
  throw new TerrariumError(`seccomp-${code}`, `linux.seccomp${key} ${problem}.`, remedy);
}
