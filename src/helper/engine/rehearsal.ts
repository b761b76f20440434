/**
 * V8 compiles what runs often, and a module of ours is loaded where it is used first: the first start of a helper would
 * take six times as long as the tenth. So soon after its own start the helper rehearses: it looks at the machine's root as
 * if that were to start, plans it, and makes the last look at itself. Nothing is made, started or kept. Used by `serve`.
 */
import type { Bundle } from '../../core/bundle/loadBundle';
import { startingPoints } from '../../core/config/templates';
import { ownMounts } from '../../core/procfs/ownMounts';
import { stepInfo } from '../../core/sequence/commandLine';
import { TerrariumError } from '../../core/errors';
import { planStart } from '../../core/sequence/planStart';
import type { PlannedMounts } from '../../core/sequence/step';
import { Pty } from '../console/pty/Pty';
import { gatherFacts, personOf } from '../host/gatherFacts';
import { encodedPlan, preparedPlan } from './builtin/preparedPlan';
import { verifyMounts } from './builtin/verifyMounts';
import { looksHere } from './looksHere';

/** How often each configuration is gone through: more rounds take more time than they save. */
const rounds = 8;

/** Of these the parser is rehearsed: it takes the longest, and a text is parsed once (knownConfigs.ts). */
const parsings = 2;

/** The configurations of new containers that terrarium-init starts. */
function rehearsed(): Bundle[] {
  return startingPoints
    .filter(({ id }) => id !== 'hand')
    .map((one) => ({ path: '/', name: '/', rootfs: '/', config: one.config('rehearsal') }));
}

/** As for root, who tries no newuidmap(1): that would start programs. */
const factsOf = (bundle: Bundle) => gatherFacts(bundle, personOf(process.env), 'rehearsal', 'root');

/**
 * In the thread that looks. Between two rounds it answers who asks.
 * @throws what the looks throw that no start may fail with
 */
export async function rehearseLooks(): Promise<void> {
  const { requireWhole } = await import('../../core/config/parseConfig');
  const plan = await planOfOwnMounts();
  for (let round = 0; round < rounds; round++)
    for (const bundle of rehearsed()) {
      if (round < parsings) {
        requireWhole(JSON.stringify(bundle.config), 'config.json');
        await nextTurn();
      }
      await refusedOrNot(looksHere.checkCommand(bundle, {}));
      await factsOf(bundle);
      await refusedOrNot(verifyMounts(bundle, plan, process.pid));
      await nextTurn();
    }
}

/** In the thread that plans. @throws as rehearseLooks */
export async function rehearsePlans(): Promise<void> {
  new Pty({ cols: 80, rows: 24 }).dispose();
  const all = await Promise.all(
    rehearsed().map(async (bundle) => ({ bundle, facts: await factsOf(bundle) })),
  );
  for (let round = 0; round < rounds; round++)
    for (const { bundle, facts } of all) {
      const plan = planStart(bundle, { ...facts, tty: '/dev/pts/0' });
      const { uid, gid } = facts;
      encodedPlan(plan, { rootfs: bundle.rootfs, uid, gid, stepwise: false }, {});
      for (const step of preparedPlan(bundle, plan).steps) stepInfo(step);
      await nextTurn();
    }
}

/** Who answers there may be gone, and a look at such a mount would hold a thread for ever. */
const ofOthers = /^(9p|afs|autofs|ceph|cifs|fuse|gluster|lustre|nfs|smb|virtiofs)/;

/** What this process has, in the words of a plan: so that the last look at it goes all the way, or up to what it leaves out. */
async function planOfOwnMounts(): Promise<PlannedMounts> {
  const mounts = (await ownMounts()).filter(({ type }) => !ofOthers.test(type));
  const rootfs = mounts.map(({ mountPoint, type, source }) => ({
    ...({ id: 'rehearsal', where: 'container', why: '', kind: 'mount' } as const),
    ...{ type, source, name: '.', cwd: mountPoint, options: [] },
  }));
  return { rootfs };
}

/** The machine may have no /bin/sh, and has namespaces of its own: that is no failure here. */
async function refusedOrNot(look: Promise<unknown>): Promise<void> {
  await look.catch((error: unknown) => {
    if (!(error instanceof TerrariumError)) throw error;
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
