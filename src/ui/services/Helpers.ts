/**
 * The helpers of this user: at most one as root and one rootless. A window connects when it first needs
 * one. It also connects, without starting any, to a helper that already serves: after "Reload Window",
 * or for another window.
 */
import { type FSWatcher, watch } from 'node:fs';
import * as vscode from 'vscode';
import type { ContainerInfo, Privilege } from '../../protocol/container';
import { TerrariumError, messageOf } from '../../core/errors';
import { choosePrivilege } from './choosePrivilege';
import type { Pages } from './Pages';
import type { HelperLink } from './HelperLink';
import { socketName } from './helperSocket';
import { keepToken, tokenFor } from './keepToken';
import { linkHelper } from './linkHelper';

interface Connected {
  readonly link: HelperLink;
  readonly infos: Map<string, ContainerInfo>;
}

/** How long a started helper may take to accept a connection, in milliseconds. */
const connectTimeoutMs = 5000;

export class Helpers implements vscode.Disposable {
  readonly #connected = new Map<Privilege, Connected>();
  readonly #connecting = new Map<Privilege, Promise<HelperLink | undefined>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #lost = new vscode.EventEmitter<ContainerInfo[]>();
  readonly #linked = new vscode.EventEmitter<HelperLink>();
  #watcher: FSWatcher | undefined;
  #disposed = false;

  /** The state of a container, or the set of helpers, has changed. */
  readonly onDidChange = this.#changed.event;
  /** A helper died, and these containers with it. */
  readonly onDidLose = this.#lost.event;
  /** A connection to a helper was made. */
  readonly onDidLink = this.#linked.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly pages: Pages,
  ) {}

  /** The containers of all connected helpers. */
  get infos(): ContainerInfo[] {
    return [...this.#connected.values()].flatMap(({ infos }) => [...infos.values()]);
  }

  get links(): HelperLink[] {
    return [...this.#connected.values()].map(({ link }) => link);
  }

  get(privilege: Privilege): HelperLink | undefined {
    return this.#connected.get(privilege)?.link;
  }

  /** The helper that a live container belongs to. */
  of(info: ContainerInfo): HelperLink {
    const link = this.get(info.privilege);
    if (link) return link;
    throw new TerrariumError(
      'helper-gone',
      `The helper that ran "${info.name}" is gone, and the container with it.`,
      'Start it again.',
    );
  }

  /** Connects to helpers that already serve. Starts no helper and asks nothing. */
  async connectExisting(): Promise<void> {
    await Promise.all([this.#once('root', false), this.#once('rootless', false)]);
    await this.#watchDirectory();
  }

  /**
   * The helper for the chosen privilege, started if necessary. Asks for the privilege where the setting
   * has none.
   * @throws TerrariumError where it cannot start; CancellationError where no privilege was chosen
   */
  async require(wanted?: Privilege): Promise<HelperLink> {
    const privilege =
      wanted ??
      (await choosePrivilege({ context: this.context, log: this.log, pages: this.pages }));
    const link = (await this.#once(privilege, false)) ?? (await this.#once(privilege, true));
    if (link) return link;
    throw new TerrariumError(
      'helper-unreachable',
      'The helper was started but does not answer.',
      'See the log, and try again.',
    );
  }

  /** At most one attempt at a time for each helper: two commands must not cause two password prompts. */
  #once(privilege: Privilege, launch: boolean): Promise<HelperLink | undefined> {
    const connected = this.get(privilege);
    if (connected) return Promise.resolve(connected);
    const key = privilege;
    const running = this.#connecting.get(key);
    if (running) return running.then((link) => link ?? (launch ? this.#once(key, true) : link));
    const attempt = this.#connect(privilege, launch).finally(() => this.#connecting.delete(key));
    this.#connecting.set(key, attempt);
    return attempt;
  }

  async #connect(privilege: Privilege, launch: boolean): Promise<HelperLink | undefined> {
    const { runtimeDirectory } = await import('../../core/client/runtimeDirectory');
    const directory = await runtimeDirectory();
    const token = await tokenFor(this.context.secrets, directory, privilege, launch);
    if (!token) return undefined;
    const socket = socketName(privilege, token);
    if (launch) {
      const { launchHelper } = await import('./launchHelper');
      const program = this.context.asAbsolutePath('dist/helper.js');
      await launchHelper({ privilege, program, directory, socket, token });
      this.log.info(`helper started (${privilege})`);
    }
    const link = await linkHelper({
      ...{ directory, socket, token, privilege },
      patienceMs: launch ? connectTimeoutMs : 0,
    });
    if (!link || (await this.#replaceWhenIdle(link))) return undefined;
    if (launch) await keepToken(directory, privilege, token);
    await this.#adopt(privilege, link);
    return link;
  }

  /**
   * Ends a helper of another version of the extension as soon as it runs no container. The next start
   * makes a new helper. @returns whether it has ended
   */
  async #replaceWhenIdle(link: HelperLink): Promise<boolean> {
    const { version } = this.context.extension.packageJSON as { version: string };
    if (link.hello.version === version) return false;
    const { containers } = await link.request('list', {});
    if (containers.some(({ state }) => state !== 'stopped')) {
      this.log.info(
        `the helper (${link.privilege}) is of version ${link.hello.version}, this is ${version}: it is replaced once its containers have stopped`,
      );
      return false;
    }
    await link.request('shutdown', {});
    await link.closed;
    this.log.info(`the helper of version ${link.hello.version} (${link.privilege}) has ended`);
    return true;
  }

  async #adopt(privilege: Privilege, link: HelperLink): Promise<void> {
    const infos = new Map<string, ContainerInfo>();
    link.onNotification('containerChanged', (info) => {
      infos.set(info.id, info);
      this.#changed.fire();
      if (info.state === 'stopped')
        this.#replaceWhenIdle(link).catch((error: unknown) =>
          // The helper has ended by itself, or serves on.
          this.log.warn(`the older helper (${privilege}) was not replaced: ${messageOf(error)}`),
        );
    });
    link.onNotification('log', ({ lines }) => {
      for (const { level, message } of lines) this.log[level](`[helper] ${message}`);
    });
    void link.closed.then(() => {
      if (this.get(privilege) !== link) return;
      this.#connected.delete(privilege);
      this.log.info(`helper gone (${privilege})`);
      const lost = [...infos.values()].filter(({ state }) => state !== 'stopped');
      if (this.#disposed) return;
      this.#changed.fire();
      if (lost.length > 0) this.#lost.fire(lost);
    });
    const { containers } = await link.request('list', {});
    for (const info of containers) if (!infos.has(info.id)) infos.set(info.id, info);
    this.#connected.set(privilege, { link, infos });
    this.log.info(`connected to the helper (${privilege})`);
    this.#linked.fire(link);
    this.#changed.fire();
  }

  /** Connects to a helper that another window starts. */
  async #watchDirectory(): Promise<void> {
    if (this.#watcher || this.#disposed) return;
    const { runtimeDirectory } = await import('../../core/client/runtimeDirectory');
    this.#watcher = watch(await runtimeDirectory(), { persistent: false }, (_event, name) => {
      const privilege = /^(root|rootless)-[0-9a-f]{12}\.sock$/.exec(name ?? '')?.[1];
      if (!privilege || this.#disposed) return;
      this.#once(privilege as Privilege, false).catch((error: unknown) =>
        this.log.warn(`no connection to the ${privilege} helper: ${messageOf(error)}`),
      );
    });
    this.#watcher.on('error', (error) => this.log.warn(`watching for helpers: ${error.message}`));
  }

  dispose(): void {
    this.#disposed = true;
    this.#watcher?.close();
    for (const { link } of this.#connected.values()) link.dispose();
    this.#connected.clear();
    this.#changed.dispose();
    this.#linked.dispose();
    this.#lost.dispose();
  }
}
