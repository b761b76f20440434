/**
 * Runs a program of the machine with the rights, the home and the settings of the person, also where the import is
 * root's: what speaks with the network needs no more. It ends with the import. Used by fetchImage.ts.
 */
import { parsePasswd } from '../../core/bundle/passwd';
import { TerrariumError } from '../../core/errors';
import { runTool } from '../../core/fs/runTool';
import { findTool, hostEnvironment, requireTools } from '../host/hostTools';

export interface PersonsProgram {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

export interface Person {
  readonly uid: number;
  readonly gid: number;
}

/** Where programs of containers/image find logins and settings, and how they reach the network. */
const passed = [
  ...[
    'HOME',
    'XDG_RUNTIME_DIR',
    'XDG_CONFIG_HOME',
    'TMPDIR',
    'DOCKER_CONFIG',
    'REGISTRY_AUTH_FILE',
  ],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
];
/** Of these sudo(8) keeps what is the person's as well. */
const ofAnyUser = /proxy$|^SSL_CERT/i;

/** @throws TerrariumError `tool-missing`, `person-unknown` */
export async function personsProgram(
  name: string,
  words: readonly string[],
  person: Person,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<PersonsProgram> {
  requireTools(['setpriv', name]);
  const program = findTool(name)!;
  const ends = [findTool('setpriv')!, '--pdeathsig', 'TERM'] as const;
  const isOther = process.geteuid!() !== person.uid;
  const variables = passed.flatMap((key) => {
    const value = environment[key];
    return value === undefined || (isOther && !ofAnyUser.test(key)) ? [] : [[key, value] as const];
  });
  const env = { ...hostEnvironment, ...Object.fromEntries(variables) };
  if (!isOther) return { argv: [...ends, '--', program, ...words], env };
  const { uid, gid } = person;
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--inh-caps=-all'];
  const home = await homeOf(uid);
  return {
    argv: [...ends, ...user, '--', program, ...words],
    env: { ...env, HOME: home, XDG_RUNTIME_DIR: `/run/user/${uid}` },
  };
}

/** getent(1) asks what the machine asks: passwd(5), LDAP … */
async function homeOf(uid: number): Promise<string> {
  requireTools(['getent']);
  const { stdout } = await runTool(findTool('getent')!, ['passwd', String(uid)]);
  const [entry] = parsePasswd(stdout);
  if (entry?.uid === uid) return entry.home;
  throw new TerrariumError(
    'person-unknown',
    `This machine knows no user with the id ${uid}, for whom the image would be fetched.`,
    'Import without sudo, or as a user of this machine.',
  );
}
