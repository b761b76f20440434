/** The words of the command line: what each command takes, and what is wrong with a call. Pure; called by helper.ts. */
import type { FolderKind, Privilege } from '../../protocol/container';
import {
  type OptionType,
  type ParsedWords,
  UsageError,
  bundleOptions,
  folderOf,
  kindOf,
  quoted,
  refusePayload,
  taskOf,
  wordsOf,
} from './callWords';
import { type ExportCall, exportCall, exportOptions } from './exportCall';
import {
  type ChangesCall,
  type LayerCall,
  changesCall,
  changesOptions,
  layerCall,
  layerOptions,
} from './layerCall';
import { type BaselineCall, baselineCall, baselineOptions } from './baselineCall';
import { type FileCall, fileCall, fileOptions } from './fileCall';
import { type ImportCall, importCall, importOptions } from './importCall';

export const usage = `Usage:
  helper.js run [--step] [--layer] [KIND] FOLDER [-- COMMAND [ARG]...]
                                               start it here, in the foreground
  helper.js plan [--layer] [KIND] [--privilege root|rootless] FOLDER
                                               print its start sequence as a shell script
  helper.js ownership look|take|undo [KIND] FOLDER [PATH]
                                               whose its files are: what would become yours, as
                                               JSON; make it yours; give it back
  helper.js import [--platform OS/ARCH] [--starting-point hand|notes|safe] [--max-size SIZE]
                   [--progress] [--watched] [--callers-rights] SOURCE BUNDLE
                                               make a bundle from a tar archive, an image (an OCI
                                               layout, what docker save writes), a folder or
                                               docker://IMAGE; print as JSON what could not be kept
  helper.js import [--variant VARIANT] [--include PACKAGE,...] [--mirror URL] ... suite:SUITE BUNDLE
                                               from the packages of a distribution
  helper.js import [--layer] container:BUNDLE BUNDLE
                                               from a running container, as it is now
  helper.js lint [KIND] FOLDER [PATH]...       look through its rootfs, or places in it, for what
                                               would fail in a container, print it as JSON
  helper.js export [KIND] [--format tar|oci|oci-archive|docker-archive|pod] [--name IMAGE]
                   [--reproducible] [--force] [--progress] BUNDLE TARGET
                                               make a tar archive, an image or a Kubernetes Pod
                                               manifest of it; print as JSON what it lacks
  helper.js changes [--json] FOLDER            what its scratch layer changes: A added, M modified,
                                               D deleted, R renamed, T type, P permissions, owner or
                                               attributes, O a folder replaced; without a layer,
                                               what is different since its baseline
  helper.js layer apply|discard FOLDER [PATH]...
                                               make these changes, or all, those of the rootfs, or
                                               undo them
  helper.js layer save [--format tar|oci|oci-archive|docker-archive] [--name IMAGE]
                       [--reproducible] [--force] [--progress] FOLDER TARGET
                                               make a layer of an image of it, or an image of the
                                               rootfs with this layer above it
  helper.js layer size|remove FOLDER           what it takes on the disk, as JSON; remove it
  helper.js baseline mark [--progress] FOLDER  take a baseline of its rootfs: names, modes, owners,
                                               times, digests, and short texts
  helper.js baseline changes [--json] FOLDER [PATH]...
                                               what is different since, of all or of these
  helper.js baseline show FOLDER PATH          what one file was then, as JSON
  helper.js baseline forget FOLDER             remove it
  helper.js file stat|list|read|write|mkdir [KIND] [--break-links] FOLDER PATH
  helper.js file remove [--recursive] FOLDER PATH
  helper.js file rename FOLDER PATH NEWPATH    one file of its rootfs, which keeps owner, mode and
                                               attributes; write reads standard input
  helper.js file count FOLDER PATH MOST        how many are in it and below, at most so many
  helper.js check [FOLDER]                     try what this machine allows, print it as JSON
  helper.js serve --directory DIR --socket NAME --token-file FILE [--uid N --gid N] [--detach]
  helper.js --help                             print this
  helper.js --version                          print the version of Terrarium

KIND says what the folder is where it could be both: --bundle, what its config.json says, or
--folder, a root filesystem itself with the default configuration.
--rootfs-below FOLDER allows every command of a bundle a root.path outside of it: below FOLDER,
where nobody else may write. Give it again for further folders.
--step waits for a key before each step of the start, shows its command, and afterwards its system
calls: Enter runs it, r the rest, s opens a shell there, q cancels the start.
--layer starts it on a scratch layer, which leaves the rootfs as it is.
--privilege says how the script is to run: root (with sudo) or rootless; as plan itself runs, where
it is left out.

Exit status of run: that of its program; 128 + N where signal N ended it; 127 where the program is
not found, and 126 where it cannot be executed. 125 where anything else fails, a wrong call too.
Of the other commands: 0, or 125.
`;

const ownershipTasks = ['look', 'take', 'undo'] as const;

export type Call =
  | { readonly command: 'help' }
  | { readonly command: 'version' }
  | {
      readonly command: 'run';
      readonly folder: string;
      readonly kind: FolderKind | undefined;
      readonly stepwise: boolean;
      readonly layer: boolean;
      readonly payload: readonly string[];
    }
  | {
      readonly command: 'plan';
      readonly folder: string;
      readonly layer: boolean;
      readonly kind: FolderKind | undefined;
      readonly privilege: Privilege | undefined;
    }
  | {
      readonly command: 'ownership';
      readonly task: (typeof ownershipTasks)[number];
      readonly folder: string;
      readonly kind: FolderKind | undefined;
      readonly place: string;
    }
  | {
      readonly command: 'lint';
      readonly folder: string;
      readonly kind: FolderKind | undefined;
      readonly places: readonly string[];
    }
  | ImportCall
  | ExportCall
  | ChangesCall
  | LayerCall
  | BaselineCall
  | FileCall
  | { readonly command: 'check'; readonly folder: string | undefined }
  | {
      readonly command: 'serve';
      readonly directory: string;
      readonly socketName: string;
      readonly tokenFile: string;
      readonly uid: number | undefined;
      readonly gid: number | undefined;
      readonly detach: boolean;
    };

/** Of commands that open a bundle. */
export interface OfBundles {
  /** Folders that a rootfs outside of its bundle may lie below, as given. */
  readonly rootfsBelow?: readonly string[];
}

const commands = {
  run: {
    options: { ...bundleOptions, step: 'boolean', layer: 'boolean' },
    parse: runCall,
  },
  plan: {
    options: { ...bundleOptions, privilege: 'string', layer: 'boolean' },
    parse: planCall,
  },
  ownership: { options: bundleOptions, parse: ownershipCall },
  lint: { options: bundleOptions, parse: lintCall },
  import: { options: importOptions, parse: importCall },
  export: { options: exportOptions, parse: exportCall },
  changes: { options: changesOptions, parse: changesCall },
  layer: { options: layerOptions, parse: layerCall },
  baseline: { options: baselineOptions, parse: baselineCall },
  file: { options: fileOptions, parse: fileCall },
  check: { options: {}, parse: checkCall },
  serve: {
    options: {
      ...{ directory: 'string', socket: 'string', 'token-file': 'string' },
      ...{ uid: 'string', gid: 'string', detach: 'boolean' },
    },
    parse: serveCall,
  },
} as const satisfies Record<
  string,
  { options: Record<string, OptionType>; parse: (words: ParsedWords) => Call }
>;

/** @throws UsageError */
export function parseCall([command, ...rest]: readonly string[]): Call & OfBundles {
  const names = Object.keys(commands).join(', ');
  if (command === undefined) throw new UsageError('No command is given.', `Give one of ${names}.`);
  if (/^(--help|-h|help)$/.test(command)) return { command: 'help' };
  if (command === '--version') {
    const [extra] = rest;
    if (extra === undefined) return { command: 'version' };
    throw new UsageError(`“--version” takes no ${quoted(extra)}.`, 'Give it alone.');
  }
  const known = Object.hasOwn(commands, command);
  if (!known) throw new UsageError(`${quoted(command)} is no command.`, `Use one of ${names}.`);
  const { options, parse } = commands[command as keyof typeof commands];
  const words = wordsOf(command, rest, options);
  const { rootfsBelow } = words;
  if (words.help) return { command: 'help' };
  return { ...parse(words), ...(rootfsBelow.length > 0 && { rootfsBelow }) };
}

function runCall(words: ParsedWords): Call {
  const { payload } = words;
  const [folder] = folderOf(words, 1, 'A COMMAND for the container comes after "--".');
  const stepwise = words.flags.has('step');
  const layer = words.flags.has('layer');
  return { command: 'run', folder, kind: kindOf(words), stepwise, layer, payload };
}

function planCall(words: ParsedWords): Call {
  refusePayload(words, 'The script starts what process.args in config.json names.');
  const [folder] = folderOf(words, 1, 'Plan one container at a time.');
  const privilege = words.values.get('privilege');
  if (privilege !== undefined && privilege !== 'root' && privilege !== 'rootless')
    throw new UsageError(
      `${quoted(privilege)} is no privilege of “plan”.`,
      'Use --privilege root (the script is run with sudo) or --privilege rootless.',
    );
  const layer = words.flags.has('layer');
  return { command: 'plan', folder, kind: kindOf(words), layer, privilege };
}

function lintCall(words: ParsedWords): Call {
  refusePayload(words, 'Name the folder, and paths inside it where only these are meant.');
  const [folder, ...places] = folderOf(words, Infinity, '');
  return {
    command: 'lint',
    folder,
    kind: kindOf(words),
    places: places.length > 0 ? places : ['/'],
  };
}

function ownershipCall(words: ParsedWords): Call {
  refusePayload(words, 'Name the folder, and a path inside it where only that is meant.');
  const [, ...positionals] = words.positionals;
  const task = taskOf(words, ownershipTasks);
  const isUndo = task === 'undo';
  const [folder, place = '/'] = folderOf(
    { ...words, command: `ownership ${task}`, positionals },
    isUndo ? 1 : 2,
    isUndo ? 'It gives back all that was taken.' : 'Name one path inside at a time.',
  );
  return { command: 'ownership', task, folder, kind: kindOf(words), place };
}

function checkCall(words: ParsedWords): Call {
  refusePayload(words, 'Name the folder alone.');
  const { positionals } = words;
  if (positionals.length === 0) return { command: 'check', folder: undefined };
  const [folder] = folderOf(words, 1, 'Check one folder at a time.');
  return { command: 'check', folder };
}

function serveCall(words: ParsedWords): Call {
  const { positionals, payload, values, flags } = words;
  const [extra] = [...positionals, ...payload];
  if (extra !== undefined)
    throw new UsageError(`“serve” takes no ${quoted(extra)}.`, 'It takes options alone.');
  const value = (name: string) => {
    const given = values.get(name);
    if (given === undefined)
      throw new UsageError(`“serve” is called without --${name}.`, 'Give that option.');
    return given;
  };
  const id = (name: string) => {
    const text = values.get(name);
    if (text !== undefined && !/^\d{1,10}$/.test(text))
      throw new UsageError(`--${name} is ${quoted(text)}, which is no id.`, 'Give a number.');
    return text === undefined ? undefined : Number(text);
  };
  return {
    command: 'serve',
    directory: value('directory'),
    socketName: value('socket'),
    tokenFile: value('token-file'),
    uid: id('uid'),
    gid: id('gid'),
    detach: flags.has('detach'),
  };
}
