/**
 * Whether the libraries of a program are in the rootfs, found as its loader finds them: ld.so(8) of glibc, or musl's
 * ldso/dynlink.c. What a program opens by itself, with dlopen(3), nobody knows before.
 */
import path from 'node:path';
import type { ElfInfo } from '../bundle/elf';
import { lookBudget } from '../fs/lookBudget';
import { PagedFile } from '../fs/PagedFile';
import type { ReadableFile } from '../fs/files';
import { withFileInside } from '../fs/openInside';
import { isRefused } from '../fs/readBounded';
import { type ElfNeeds, elfNeeds } from './elfNeeds';
import { type Loader, readLoader } from './loader';

/** A library that a loader does not find. */
export interface MissingLibrary {
  readonly name: string;
  /** Path inside of the program or library that needs it. */
  readonly neededBy: string;
  /** Of another class or machine: the loader passes over it. */
  readonly foreign?: string;
  /** In a folder that /etc/ld.so.conf names, and not in the cache: ldconfig(8) was not run. */
  readonly uncached?: string;
}

/** A file that is loaded, and those that led to it, the program last. */
interface Loaded {
  readonly inside: string;
  readonly needs: ElfNeeds;
  readonly above: readonly Loaded[];
}

/** Of one program: of a desktop it has some 150, and each is found within ten places. */
const [maxLibraries, maxPlaces, maxMissing] = [2000, 20_000, 20];
/** Files of which it is remembered whether they are libraries, and what they need. */
const maxFiles = 50_000;
/** What programs need and find, each once: most need the C library alone. A hostile one names a lot. */
const [maxFound, longestFound] = [1000, 4096];

/** musl has these in its loader. */
const inMusl = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

/** Of one rootfs, whose libraries it reads once, as long as they are not too many. */
export class Libraries {
  private readonly files = new Map<string, Promise<Loaded | 'unread' | undefined>>();
  private readonly loaders = new Map<string, Promise<Loader>>();
  /** What programs asked for where nothing is missing. */
  private readonly found = new Set<string>();

  /** @param searched LD_LIBRARY_PATH of config.json, with colons */
  constructor(
    private readonly rootfs: string,
    private readonly searched = '',
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * @param program path inside
   * @param handle of it, open for reading
   * @param interpreter the loader that it names
   * @returns the first ones; of what takes too many looks nothing is known
   */
  async missingOf(
    program: string,
    handle: ReadableFile,
    interpreter: string,
  ): Promise<MissingLibrary[]> {
    const needs = await elfNeeds(handle);
    if (!needs) return [];
    const asked = questionOf(program, needs, interpreter);
    if (this.found.has(asked)) return [];
    const loader = await this.loaderOf(interpreter);
    const missing: MissingLibrary[] = [];
    const known = new Set([path.posix.basename(interpreter)]);
    const loaded: Loaded[] = [{ inside: program, needs, above: [] }];
    const looks = { left: maxPlaces };
    for (const object of loaded) {
      for (const name of object.needs.needed) {
        if (known.has(name) || (loader.kind === 'musl' && inMusl.test(name))) continue;
        known.add(name);
        const found = await this.find(name, object, loader, looks);
        if (!found || missing.length >= maxMissing) return missing;
        if (!('needs' in found)) {
          missing.push({ name, neededBy: object.inside, ...found });
        } else if (loaded.length < maxLibraries) {
          if (found.needs.soname !== undefined) known.add(found.needs.soname);
          loaded.push({ ...found, above: [object, ...object.above] });
        }
      }
    }
    if (missing.length === 0 && asked.length <= longestFound) {
      if (this.found.size >= maxFound) this.found.clear();
      this.found.add(asked);
    }
    return missing;
  }

  private loaderOf(interpreter: string): Promise<Loader> {
    const known = this.loaders.get(interpreter) ?? readLoader(this.rootfs, interpreter);
    this.loaders.set(interpreter, known);
    return known;
  }

  /** @returns undefined where that takes too many looks */
  private async find(
    name: string,
    object: Loaded,
    loader: Loader,
    looks: { left: number },
  ): Promise<Loaded | Pick<MissingLibrary, 'foreign' | 'uncached'> | undefined> {
    let foreign: string | undefined;
    for (const file of candidates(name, object, loader, this.searched)) {
      if (looks.left-- <= 0) return undefined;
      const found = await this.read(file);
      // The container's root may read it: it is taken for what is wanted.
      if (found === 'unread') return { inside: file, needs: nothing(object.needs), above: [] };
      if (found && isAlike(found.needs.info, object.needs.info)) return found;
      if (found) foreign ??= file;
    }
    if (foreign !== undefined) return { foreign };
    for (const folder of loader.configured) {
      if (looks.left-- <= 0) return undefined;
      const file = path.posix.join(folder, name);
      if (await this.read(file)) return { uncached: file };
    }
    return {};
  }

  /** @returns undefined where it is not there, or no ELF file; `unread` where it is not for us to read, or leased */
  private read(file: string): Promise<Loaded | 'unread' | undefined> {
    const known = this.files.get(file);
    if (known) return known;
    if (this.files.size >= maxFiles) this.files.clear();
    const found = this.readNew(file);
    this.files.set(file, found);
    return found;
  }

  private readNew(file: string): Promise<Loaded | 'unread' | undefined> {
    const use = async (handle: ReadableFile, inside: string) => {
      const needs = await elfNeeds(new PagedFile(handle));
      // $ORIGIN is the folder that links lead to.
      return needs && { inside, needs, above: [] };
    };
    return withFileInside(this.rootfs, file, use, lookBudget(this.signal)).catch(
      (error: unknown) => {
        if (isRefused(error)) return 'unread';
        throw error;
      },
    );
  }
}

/** The same text for programs for which the loader does the same. */
function questionOf(program: string, needs: ElfNeeds, interpreter: string): string {
  const { info, needed, rpath, runpath, noUsualFolders } = needs;
  const usesOrigin = /\$/.test(`${rpath ?? ''}${runpath ?? ''}`);
  const place = usesOrigin ? path.posix.dirname(program) : undefined;
  const machine = [info.class, info.endianness, info.machine];
  return JSON.stringify([interpreter, place, machine, rpath, runpath, noUsualFolders, ...needed]);
}

/** Paths inside, in the order in which the loader tries them. */
function* candidates(
  name: string,
  object: Loaded,
  loader: Loader,
  searched: string,
): Generator<string> {
  if (name.includes('/')) {
    if (name.startsWith('/')) yield name;
    return;
  }
  const chain = [object, ...object.above];
  function* listed(folders: string | undefined, of: Loaded): Generator<string> {
    for (const folder of (folders ?? '').split(':').filter(Boolean))
      for (const one of expanded(folder, of))
        if (one.startsWith('/')) yield path.posix.join(one, name);
  }
  if (loader.kind === 'musl') {
    yield* listed(searched, object);
    for (const one of chain) yield* listed(one.needs.runpath ?? one.needs.rpath, one);
  } else {
    // RPATH holds for what is below, too, unless there is a RUNPATH.
    for (const one of object.needs.runpath === undefined ? chain : [])
      if (one.needs.runpath === undefined) yield* listed(one.needs.rpath, one);
    yield* listed(searched, object);
    yield* listed(object.needs.runpath, object);
  }
  if (object.needs.noUsualFolders) return;
  yield* loader.cached.get(name) ?? [];
  for (const folder of loader.folders) yield path.posix.join(folder, name);
}

/** `$ORIGIN`, and the names that `$LIB` has, of which a distribution uses one. */
function expanded(folder: string, { inside, needs }: Loaded): string[] {
  const origin = folder.replace(/\$(?:ORIGIN|\{ORIGIN\})/g, () => path.posix.dirname(inside));
  const lib = /\$(?:LIB|\{LIB\})/g;
  if (!lib.test(origin)) return [origin];
  return [needs.info.class === 64 ? 'lib64' : 'lib32', 'lib'].map((one) =>
    origin.replace(lib, one),
  );
}

function nothing({ info }: ElfNeeds): ElfNeeds {
  return { info, needed: [], noUsualFolders: false };
}

function isAlike(one: Alike, other: Alike): boolean {
  return (
    one.class === other.class &&
    one.machine === other.machine &&
    one.endianness === other.endianness
  );
}

type Alike = Pick<ElfInfo, 'class' | 'endianness' | 'machine'>;
