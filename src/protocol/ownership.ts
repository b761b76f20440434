/** What Take Ownership would change, did change, and gave back. Part of the messages. */
import * as z from 'zod';

/** How many names are told of each kind. */
export const namesTold = 3;

/** How many files, and what the first ones are called: paths inside the rootfs, raw. */
export const SomeFiles = z.object({
  count: z.number().int().nonnegative(),
  names: z.array(z.string()).max(namesTold),
});
export type SomeFiles = z.infer<typeof SomeFiles>;

/** In the place of an owner without an id that the helper's user could have: to change such a file takes root. */
export const unmapped = 'an id that is not mapped here';

export const OwnershipReport = z.object({
  /** All that would become the person's; the next two are among them. */
  files: SomeFiles,
  /** User ids that they belong to now, as the machine counts; the first few. */
  owners: z.array(z.union([z.number().int(), z.literal(unmapped)])).max(8),
  /** Regular files with S_ISUID or S_ISGID: chown(2) clears these bits. */
  setId: SomeFiles,
  /** Files with capabilities, which chown(2) removes. Left out where getfattr is missing. */
  capabilities: SomeFiles.optional(),
  /** Device nodes are left as they are: their owner may use the device. */
  devices: SomeFiles,
  /** Left as they are: another name of theirs lies elsewhere, or where other users may put one. */
  links: SomeFiles,
});
export type OwnershipReport = z.infer<typeof OwnershipReport>;

export const OwnershipUndone = z.object({
  restored: z.number().int().nonnegative(),
  /** Belong to their former owner again, but have been changed: no setuid bit, no capabilities. */
  withoutBits: SomeFiles,
  /** Not found again, or not the person's any more. */
  gone: z.number().int().nonnegative(),
});
export type OwnershipUndone = z.infer<typeof OwnershipUndone>;
