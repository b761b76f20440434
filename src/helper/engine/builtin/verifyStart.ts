/** The last look before "go": all that is compared with the plan. For looksHere.ts. */
import type { Bundle } from '../../../core/bundle/loadBundle';
import type { PlannedMounts } from '../../../core/sequence/step';
import { requireCwd } from './requireCwd';
import { verifyMounts } from './verifyMounts';
import { verifySession } from './verifySession';

/** @throws TerrariumError `not-as-planned`, `masked-symlink`, `cwd-missing` */
export async function verifyStart(
  bundle: Bundle,
  plan: PlannedMounts,
  hostPid: number,
): Promise<void> {
  const looks = [
    verifyMounts(bundle, plan, hostPid),
    verifySession(bundle, hostPid),
    requireCwd(bundle, hostPid),
  ];
  // Beside one another; what the first of them finds wrong is what is told.
  await Promise.allSettled(looks);
  for (const look of looks) await look;
}
