/**
 * What is to be said before a start, in sentences that are safe to show. Used by planStart, by the start
 * under runc and crun, by exported scripts and by the preview of a start sequence.
 */
import type { Bundle } from '../bundle/loadBundle';
import type { EngineFacts } from '../config/engineFacts';
import { configWarnings } from '../config/configWarnings';
import { shutdownWarnings } from '../config/systemInit';
import { unsupportedByEngine } from '../config/unsupportedByEngine';
import { firstOf } from '../text/firstOf';
import { emulationWarnings } from './emulationSteps';
import type { HostFacts } from './hostFacts';
import { idMapWarnings } from './idMapWarnings';
import { ownerWarnings } from './identitySteps';
import { hasUserNamespace, runtimeMappings } from './userNamespace';

/** More than these are not read before a start. */
const maxWarnings = 50;

/** Each once, and the first of them. */
export function warningList(warnings: readonly string[]): string[] {
  return firstOf([...new Set(warnings)], maxWarnings);
}

/** What is said whichever engine starts it. */
export function commonWarnings({ config, ignored = [] }: Bundle, passedOn = ''): string[] {
  return [
    ...configWarnings(config).map(({ message }) => message),
    ...ignored.map((key) => `${key} is a key that Terrarium does not know${passedOn}.`),
  ];
}

/** All that is said before an installed runtime, which gets the whole document, starts a bundle. */
export function engineWarnings(bundle: Bundle, engine: EngineFacts, facts: HostFacts): string[] {
  const { config } = bundle;
  const hasUsers = hasUserNamespace(config, facts.privilege);
  const mappings = hasUsers ? runtimeMappings(engine.name, config, facts) : undefined;
  return warningList([
    ...unsupportedByEngine(config, engine).map(({ message }) => message),
    ...emulationWarnings(bundle, facts, false),
    ...commonWarnings(bundle, `, and ${engine.name} is given it as it is`),
    ...(hasUsers ? [] : shutdownWarnings(config, false)),
    ...ownerWarnings(mappings, facts, engine.name),
    ...idMapWarnings(bundle, facts.privilege, undefined, mappings),
  ]);
}
