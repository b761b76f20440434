/** What the looks of one question at a rootfs may cost, and what they take for granted. For openInside.ts. */

/** Descriptors that one question opens at most: each `..` goes down from the root again. */
const maxOpened = 4096;

/**
 * What a start will have mounted at a path of the container: its source on the machine, or something that is not to be
 * known before. Undefined where it is no mount point.
 */
export type MountedAt = (inside: string) => { readonly source?: string } | undefined;

/**
 * What the looks of one question may cost together, such as those for a command in the folders of PATH:
 * links that wind through a deep tree make a single look cost all of it.
 */
export interface LookBudget {
  /** Descriptors that may still be opened; below 0 one was refused. */
  left: number;
  /** Ends the looks: each of them throws its reason then. */
  readonly signal?: AbortSignal | undefined;
  /** The rootfs is looked at as a start will have it; otherwise as it is. */
  readonly mounted?: MountedAt | undefined;
  /** Whether a look has come to a mount of which nothing is known: what it leads to may be there or not. */
  isUnknown: boolean;
}

export function lookBudget(signal?: AbortSignal, mounted?: MountedAt): LookBudget {
  return { left: maxOpened, signal, mounted, isUnknown: false };
}
