/**
 * dist/helper.js: the program that does the privileged work. `run`, `plan`, `check` and `serve`.
 * The editor adds nothing that this command cannot do.
 */
import { parseArgs } from 'node:util';
import { isMainThread, workerData } from 'node:worker_threads';
import { messageOf } from '../core/errors';
import { closeInherited } from './closeInherited';
import type { ScreenStart } from './console/screenThread';
import { installLastResort } from './lastResort';
import { rememberCallerLimits } from './launch/callerLimits';
import type { ThreadStart } from './processes/threadMain';

const usage = `Usage:
  helper.js run [KIND] FOLDER [-- COMMAND [ARG]...]   start it here, in the foreground
  helper.js plan [KIND] [--privilege root|rootless] FOLDER
                                               print its start sequence as a shell script
  helper.js ownership look|take|undo [KIND] FOLDER [PATH]
                                               whose its files are: what would become yours, as
                                               JSON; make it yours; give it back
  helper.js check [FOLDER]                     try what this machine allows, print it as JSON
  helper.js serve --directory DIR --socket NAME --token-file FILE [--uid N --gid N] [--detach]

KIND says what the folder is where it could be both: --bundle, what its config.json says, or
--folder, a root filesystem itself with the default configuration.
--privilege says how the script is to run: root (with sudo) or rootless; as plan itself runs, where
it is left out.
`;

async function main([command, ...rest]: string[]): Promise<number> {
  switch (command) {
    case 'run':
    case 'plan': {
      const dashes = rest.indexOf('--');
      const [own, payload] =
        dashes < 0 ? [rest, []] : [rest.slice(0, dashes), rest.slice(dashes + 1)];
      const { values, positionals } = parseArgs({
        args: own,
        options: {
          bundle: { type: 'boolean' },
          folder: { type: 'boolean' },
          privilege: { type: 'string' },
        },
        allowPositionals: true,
      });
      const [folder, ...more] = positionals;
      if (folder === undefined || more.length > 0 || (values.bundle && values.folder)) break;
      if (command === 'plan' && payload.length > 0) break;
      const { privilege } = values;
      if (!isPrivilege(privilege) || (command === 'run' && privilege !== undefined)) break;
      const kind = values.bundle ? 'bundle' : values.folder ? 'folder' : undefined;
      if (command === 'run') return (await import('./run')).run(folder, kind, payload);
      process.stdout.write(await (await import('./plan')).plan(folder, kind, privilege));
      return 0;
    }
    case 'check': {
      if (rest.length > 1) break;
      const { checkMachine } = await import('./doctor/checkMachine');
      const report = await checkMachine(rest[0] ?? process.cwd());
      process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
      return 0;
    }
    case 'ownership': {
      const [task, ...own] = rest;
      const { values, positionals } = parseArgs({
        args: own,
        options: { bundle: { type: 'boolean' }, folder: { type: 'boolean' } },
        allowPositionals: true,
      });
      const [folder, place = '/', ...more] = positionals;
      const { isOwnershipTask } = await import('./ownership/ownership');
      if (!isOwnershipTask(task) || folder === undefined || more.length > 0) break;
      if ((values.bundle && values.folder) || (task === 'undo' && positionals.length > 1)) break;
      const kind = values.bundle ? 'bundle' : values.folder ? 'folder' : undefined;
      const { ownershipCommand } = await import('./ownershipCommand');
      process.stdout.write(await ownershipCommand(task, folder, kind, place));
      return 0;
    }
    // Of a helper, for the walk over a rootfs: ownership/ownership.ts.
    case 'owners': {
      process.stdout.write(`${await (await import('./ownership/ownership')).ownersHere(rest)}\n`);
      return 0;
    }
    // Of a rootless helper, which starts it in a user namespace: server/deleteBundle.ts.
    case 'remove': {
      const [name, dev, ino, ...more] = rest;
      if (name === undefined || !dev || !ino || more.length > 0) break;
      await (await import('./server/deleteBundle')).removeHere(name, { dev, ino });
      return 0;
    }
    case 'serve': {
      const { values } = parseArgs({
        args: rest,
        options: {
          directory: { type: 'string' },
          socket: { type: 'string' },
          'token-file': { type: 'string' },
          uid: { type: 'string' },
          gid: { type: 'string' },
          detach: { type: 'boolean', default: false },
        },
      });
      const { directory, socket, 'token-file': tokenFile } = values;
      if (!directory || !socket || !tokenFile) break;
      const { serve } = await import('./serve');
      const { personOf } = await import('./launch/gatherFacts');
      const person = personOf(process.env);
      await serve({
        directory,
        socketName: socket,
        tokenFile,
        uid: values.uid === undefined ? person.uid : Number(values.uid),
        gid: values.gid === undefined ? person.gid : Number(values.gid),
        detach: values.detach,
      });
      return 0;
    }
  }
  process.stderr.write(usage);
  return 2;
}

function isPrivilege(word: string | undefined): word is 'root' | 'rootless' | undefined {
  return word === undefined || word === 'root' || word === 'rootless';
}

async function statusOf(error: unknown): Promise<number> {
  const { CommandError } = await import('../core/bundle/checkCommand');
  return error instanceof CommandError ? error.exitCode : 125;
}

function runMain(): void {
  installLastResort(/^(?:plan|check)$/.test(process.argv[2] ?? ''));
  closeInherited();
  rememberCallerLimits();
  main(process.argv.slice(2)).then(
    (status) => {
      process.exitCode = status;
    },
    async (error: unknown) => {
      process.stderr.write(`terrarium: ${messageOf(error)}\n`);
      process.exitCode = await statusOf(error);
    },
  );
}

/** Each thread is made by one part of the helper, which says by its role what is to run there. */
async function runRole(): Promise<void> {
  const { role } = workerData as ThreadStart | ScreenStart;
  if (role === 'screen') (await import('./console/screenThread')).runScreen();
  else (await import('./processes/threadMain')).runThread();
}

if (isMainThread) runMain();
else void runRole();
