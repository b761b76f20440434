/**
 * dist/plainRun.js: `helper.js run` of what was started before, by terrarium-init alone. It has no more than that takes, so
 * V8 has less code to take over and links no modules. All else is for helperMain.js, before anything is made or told.
 */
import { keepConfigs } from '../core/config/knownConfigs';
import type { Bundle } from '../core/bundle/loadBundle';
import { callAtOnce } from '../core/fs/files';
import { endAs } from './commands/endAs';
import { installLastResort } from './commands/lastResort';
import { parseCall } from './commands/parseCall';
import { type RunCall, isPlain, openCalled, runBundle } from './commands/runBundle';
import { rememberCallerLimits } from './host/callerLimits';
import { keptConfigs } from './host/KeptConfigs';
import { recordsOfRun } from './leftovers/runRecords';
import { sweep } from './leftovers/sweep';
import { announceAlive } from './processes/alive';

/** Of loader.ts: hands over to helperMain.js. */
declare const otherwise: () => void;

interface Opened {
  readonly call: RunCall;
  readonly bundle: Bundle;
}

async function openPlain(): Promise<Opened | undefined> {
  const call = parseCall(process.argv.slice(2));
  const kept = keptConfigs();
  if (call.command !== 'run' || call.stepwise || !kept) return undefined;
  callAtOnce();
  keepConfigs(kept);
  const bundle = await openCalled(call);
  return isPlain(bundle, call) ? { call, bundle } : undefined;
}

function unreachable(): never {
  throw new Error('a plain start has no terminal');
}

async function begin(): Promise<void> {
  // What is wrong, helperMain.js says: it opens the bundle anew. It also has the parser, for a config.json that is new.
  const opened = await openPlain().catch(() => undefined);
  if (!opened) {
    otherwise();
    return;
  }
  installLastResort(false);
  rememberCallerLimits();
  const leftovers = { records: recordsOfRun, announce: announceAlive, sweep };
  endAs(runBundle(opened.bundle, opened.call, leftovers, unreachable));
}

void begin();
