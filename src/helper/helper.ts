/**
 * dist/helper.js: the program that does the privileged work. `run`, `plan`, `ownership`, `lint`, `import`, `export`,
 * `changes`, `layer`, `baseline`, `file`, `check` and `serve`.
 * The editor adds nothing that this command cannot do.
 */
import { version } from '../../package.json';
import { closeInherited } from './host/closeInherited';
import { endAs } from './commands/endAs';
import { parseCall, usage } from './commands/parseCall';
import type { LooksStart } from './engine/looksThreadMain';
import type { ScreenStart } from './console/screenThread';
import { installLastResort } from './commands/lastResort';
import { makeThreads } from './host/libuvThreads';
import { rememberCallerLimits } from './host/callerLimits';
import type { ThreadStart } from './processes/threadMain';

async function main(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words;
  if (first === 'owners' || first === 'remove') return ownProcess(first, rest);
  const call = parseCall(words);
  const allowed = async () =>
    call.rootfsBelow
      ? (await import('./host/allowedFolders')).allowedFolders(call.rootfsBelow)
      : undefined;
  switch (call.command) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'version':
      process.stdout.write(`terrarium ${version}\n`);
      return 0;
    case 'run':
      return (await import('./commands/run')).run(call);
    case 'plan': {
      const { plan } = await import('./commands/plan');
      process.stdout.write(
        await plan(call.folder, call.kind, call.privilege, call.layer, await allowed()),
      );
      return 0;
    }
    case 'check': {
      const { checkMachine } = await import('./doctor/checkMachine');
      const report = await checkMachine(call.folder ?? process.cwd());
      process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
      return 0;
    }
    case 'ownership': {
      const { ownershipCommand } = await import('./commands/ownershipCommand');
      const { task, folder, kind, place } = call;
      process.stdout.write(await ownershipCommand(task, folder, kind, place, await allowed()));
      return 0;
    }
    case 'lint': {
      const { lintCommand } = await import('./commands/lintCommand');
      process.stdout.write(await lintCommand(call.folder, call.kind, call.places, await allowed()));
      return 0;
    }
    case 'changes': {
      const { changesCommand } = await import('./commands/layerCommand');
      process.stdout.write(await changesCommand(call, await allowed()));
      return 0;
    }
    case 'baseline': {
      const { baselineCommand } = await import('./commands/baselineCommand');
      process.stdout.write(await baselineCommand(call, await allowed()));
      return 0;
    }
    case 'layer': {
      const { layerCommand } = await import('./commands/layerCommand');
      process.stdout.write(await layerCommand(call, await allowed()));
      return 0;
    }
    case 'file': {
      const { fileCommand } = await import('./commands/fileCommand');
      process.stdout.write(await fileCommand(call, await allowed()));
      return 0;
    }
    case 'import': {
      const { importCommand } = await import('./commands/importCommand');
      process.stdout.write(await importCommand(call));
      return 0;
    }
    case 'export': {
      const { exportCommand } = await import('./commands/exportCommand');
      process.stdout.write(await exportCommand(call, await allowed()));
      return 0;
    }
    case 'serve': {
      const { serve } = await import('./commands/serve');
      const { personOf } = await import('./host/gatherFacts');
      const person = personOf(process.env);
      const { directory, socketName, tokenFile, uid = person.uid, gid = person.gid, detach } = call;
      await serve({ directory, socketName, tokenFile, uid, gid, detach });
      return 0;
    }
  }
}

/** A process that the helper starts for one task, and no command of people. */
async function ownProcess(task: 'owners' | 'remove', rest: readonly string[]): Promise<number> {
  // For the walk over a rootfs: ownership/ownership.ts.
  if (task === 'owners') {
    process.stdout.write(`${await (await import('./ownership/ownership')).ownersHere(rest)}\n`);
    return 0;
  }
  // Of a rootless helper, which starts it in a user namespace: server/deleteBundle.ts.
  const [name, dev, ino, ...more] = rest;
  if (name === undefined || !dev || !ino || more.length > 0)
    throw new Error('remove: bad arguments');
  await (await import('./server/deleteBundle')).removeHere(name, { dev, ino });
  return 0;
}

function runMain(): void {
  makeThreads(process.argv[2]);
  installLastResort(/^(?:plan|lint|check|help|--help|-h|--version)$/.test(process.argv[2] ?? ''));
  // It does so itself.
  if (process.argv[2] !== 'run') closeInherited();
  rememberCallerLimits();
  endAs(main(process.argv.slice(2)));
}

/** Each thread is made by one part of the helper, which says by its role what is to run there. */
async function runRole(): Promise<void> {
  const { workerData } = (await import('./host/threads')) as {
    readonly workerData: ThreadStart | ScreenStart | LooksStart;
  };
  const { role } = workerData;
  if (role === 'screen') (await import('./console/screenThread')).runScreen();
  else if (role === 'looks') (await import('./engine/looksThreadMain')).runLooks();
  else (await import('./processes/threadMain')).runThread();
}

async function begin(): Promise<void> {
  // It makes no threads, and what would tell takes longer to load than to plan a start.
  if (process.argv[2] === 'run' || (await import('./host/threads')).isMainThread) runMain();
  else await runRole();
}

void begin();
