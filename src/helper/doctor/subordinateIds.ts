/** Can a rootless container have more users than its root? The maps are tried, not guessed. */
import { readFile } from 'node:fs/promises';
import { freeRange, nameOf, subordinateRange } from '../../core/config/subordinateRange';
import { quote } from '../../core/text/quote';
import type { Check } from '../../protocol/doctor';
import { personOf } from '../host/gatherFacts';
import { type IdMapTools, findIdMapTools } from '../../core/sequence/findIdMapTools';
import { areSetuid, tryIdMapTools } from '../host/idMapTools';
import { noNewPrivileges } from '../../core/sequence/noNewPrivileges';
import { unboundEditor } from './privilegeChecks';

const isRoot = () => process.geteuid!() === 0;

export async function subordinateIds(): Promise<Check> {
  const common = { code: 'subordinate-ids', title: 'Users inside a rootless container' };
  const limited = (found: string, remedy: string, command?: string): Check => ({
    ...{ ...common, verdict: 'limited', found, remedy },
    ...(command === undefined ? {} : { command }),
  });
  if (!isRoot() && noNewPrivileges())
    return limited(
      'no-new-privileges is set, so newuidmap gains nothing and only root exists inside.',
      unboundEditor,
    );
  const tools = findIdMapTools();
  if (!isRoot() && !tools)
    return limited(
      'There is no newuidmap and newgidmap, so only root exists inside.',
      'Install the package uidmap.',
    );
  const person = personOf(process.env);
  const name = await nameOf(person.uid);
  if (!isRoot() && name === undefined)
    return limited(
      `User ${person.uid} has no name on this machine, and newuidmap does nothing for users without one, so only root exists inside.`,
      'Have the user added to /etc/passwd, or to the directory service that this machine asks.',
    );
  const [subuid, subgid] = await Promise.all([
    subordinateRange('/etc/subuid', person.uid),
    subordinateRange('/etc/subgid', person.uid),
  ]);
  if (!subuid || !subgid) {
    const [lacking, command] = await additions(!subuid, !subgid, name ?? String(person.uid));
    return limited(
      `No range of ids in ${lacking} is yours, so only root exists inside.`,
      command === undefined
        ? 'Ask the administrator for a range: none is free in the usual place.'
        : 'Add a range for yourself; this one is free:',
      command,
    );
  }
  const refusal =
    isRoot() || !tools ? undefined : await tryIdMapTools(tools, { ...person, subuid, subgid });
  if (refusal !== undefined && tools)
    return limited(
      `Ids are yours, but cannot be mapped, so only root exists inside: ${refusal}.`,
      ...helpFor(tools),
    );
  return {
    ...common,
    verdict: 'ok',
    found: `${subuid.count} ids from ${subuid.start} on are yours.`,
  };
}

/** What the tools lack, where that is visible. */
function helpFor(tools: IdMapTools): [remedy: string, command?: string] {
  if (areSetuid(tools))
    return ['Correct /etc/subuid and /etc/subgid, or mount /usr without the option nosuid.'];
  return [
    'Install the package uidmap anew, or give the two programs their setuid bit back:',
    `sudo chmod u+s ${quote(tools.uid)} ${quote(tools.gid)}`,
  ];
}

/** @returns the files, and a command that adds a range which is free in both */
async function additions(
  uids: boolean,
  gids: boolean,
  user: string,
): Promise<[lacking: string, command?: string]> {
  const lacking = [...(uids ? ['/etc/subuid'] : []), ...(gids ? ['/etc/subgid'] : [])];
  const textOf = (file: string) => readFile(file, 'utf8').catch(() => ''); // no such file holds nothing
  const range = freeRange(
    await Promise.all(['/etc/subuid', '/etc/subgid'].map(textOf)),
    await Promise.all(['/etc/passwd', '/etc/group'].map(textOf)),
  );
  if (!range) return [lacking.join(' and ')];
  const ids = `${range.start}-${range.start + range.count - 1}`;
  const options = [
    ...(uids ? ['--add-subuids', ids] : []),
    ...(gids ? ['--add-subgids', ids] : []),
  ];
  return [lacking.join(' and '), ['sudo', 'usermod', ...options, user].map(quote).join(' ')];
}
