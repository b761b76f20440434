/** What the ui tests share: a window of the real VS Code, opened as some user, and nothing left of it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from 'mocha';
import { findBusybox } from '../../src/core/bundle/busybox';
import { scaffold } from '../../src/core/bundle/scaffold';
import { type StartingPoint, startingPoints } from '../../src/core/config/templates';
import { openWorkbench, startServer, stageExtension, temporaryUser } from '../host/index.mjs';
import type { Server, ServerUser } from '../host/server.mjs';
import type { Workbench } from '../host/workbench.mjs';
import { skipBecause } from '../skip';
import { hostState, processesWith, until } from '../system/containers';
import { assertSameHost } from './sameHost';

export interface WindowOptions {
  /** Who runs VS Code; whoever runs the tests unless given. */
  readonly user?: ServerUser;
  readonly settings?: Record<string, unknown>;
  readonly workspaceTrust?: boolean;
  /** The display language; English unless given. */
  readonly language?: string;
  /** VS Code runs so that no program of it may gain privileges, as from a snap. */
  readonly noNewPrivileges?: boolean;
  /** What the folder that is open is called; some name unless given. */
  readonly folder?: string;
  /** Puts files into the workspace before the window opens. */
  readonly prepare?: (workspace: string) => Promise<void> | void;
}

/** Containers with a root of their own, for `prepare`. */
export function makeContainers(parent: string, ...names: string[]): Promise<void> {
  return makeContainersOf('notes', parent, ...names);
}

/** Containers of a starting point, for `prepare`. */
export async function makeContainersOf(
  kind: StartingPoint['id'],
  parent: string,
  ...names: string[]
): Promise<void> {
  const startingPoint = startingPoints.find(({ id }) => id === kind)!;
  const busybox = await findBusybox();
  for (const name of names) await scaffold({ parent, name, startingPoint, busybox });
}

export type SudoUser = Awaited<ReturnType<typeof temporaryUser>>;

/** The window of a person who starts containers with sudo and a password. Where it does not open, the user is removed. */
export async function openWithSudo(
  prepare: WindowOptions['prepare'] & object,
): Promise<{ readonly user: SudoUser; readonly window: Window }> {
  const user = await temporaryUser({ sudo: true });
  try {
    const settings = { 'terrarium.privilege': 'sudo' };
    return { user, window: await Window.open({ user, settings, prepare }) };
  } catch (error) {
    await user.remove();
    throw error;
  }
}

type StagedExtension = Awaited<ReturnType<typeof stageExtension>>;

/** Where the pictures of the documentation go; only `npm run screenshots` sets it. */
const mediaFolder = process.env.TERRARIUM_SCREENSHOTS;

export class Window {
  private readonly others: Workbench[] = [];
  private readonly frames: { png: Buffer; milliseconds: number }[] = [];

  private constructor(
    readonly workbench: Workbench,
    /** The folder that is open. */
    readonly workspace: string,
    /** `XDG_RUNTIME_DIR` of this window's user: sockets of helpers lie below it. */
    readonly runtime: string,
    /** One for each version. */
    private readonly extensions: StagedExtension[],
    private readonly vscode: {
      server: Server;
      startAgain(port: number, extensionDir: string): Promise<Server>;
    },
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async open(options: WindowOptions = {}): Promise<Window> {
    const undo: (() => Promise<void> | void)[] = [];
    const cleanUp = async () => {
      for (const step of undo.reverse()) await step();
    };
    try {
      const scratch = mkdtempSync(path.join(tmpdir(), 'terrarium-ui-'));
      undo.push(() => rmSync(scratch, { recursive: true, force: true }));
      const [parent, runtime, dataDir] = ['workspace', 'run', 'vscode'].map((name) =>
        mkdtempSync(path.join(scratch, `${name}-`)),
      ) as [string, string, string];
      const workspace = options.folder ? path.join(parent, options.folder) : parent;
      mkdirSync(workspace, { recursive: true });
      await options.prepare?.(workspace);
      if (options.user) {
        const { uid, gid } = options.user;
        for (const folder of [scratch, parent, runtime, dataDir]) chownSync(folder, uid, gid);
        execFileSync('chown', ['-R', '-h', `${uid}:${gid}`, workspace]);
      }
      const staged = await stageExtension();
      const extensions = [staged];
      undo.push(async () => {
        for (const extension of extensions) await extension.remove();
      });
      const startAgain = (port: number, extensionDir: string) =>
        startServer({
          workspace,
          dataDir,
          port,
          extensionDir,
          ...(options.user ? { user: options.user } : {}),
          ...(options.settings ? { settings: options.settings } : {}),
          ...(options.language ? { language: options.language } : {}),
          workspaceTrust: options.workspaceTrust ?? false,
          noNewPrivileges: options.noNewPrivileges ?? false,
          // Root's own: what its shells read when they start may wait for those of another window.
          env: { XDG_RUNTIME_DIR: runtime, ...(options.user ? {} : { HOME: scratch }) },
        });
      const vscode = { server: await startAgain(0, staged.dir), startAgain };
      undo.push(
        () => endHelpers(extensions),
        () => vscode.server.stop(),
      );
      const workbench = await openWorkbench({ server: vscode.server });
      undo.push(() => workbench.close());
      return new Window(workbench, workspace, runtime, extensions, vscode, cleanUp);
    } catch (error) {
      await cleanUp();
      throw error;
    }
  }

  /** A window with one container, which runs: its terminal shows the shell. */
  static async openRunning(): Promise<Window> {
    const window = await Window.open({ prepare: (parent) => makeContainers(parent, 'box') });
    try {
      const { workbench } = window;
      await workbench.openViewContainer('Terrarium');
      await workbench.command('Terrarium: Start Container');
      await workbench.waitForTerminal(/# $/);
      return window;
    } catch (error) {
      await window.close();
      throw error;
    }
  }

  /** Ends the window, the server, and the helpers with their containers. */
  async close(): Promise<void> {
    for (const other of this.others) await other.close();
    await this.cleanUp();
  }

  /** A second window on the same folder. */
  async another(): Promise<Workbench> {
    const workbench = await openWorkbench({ server: this.vscode.server });
    this.others.push(workbench);
    return workbench;
  }

  /**
   * kill -9 of the whole VS Code server with everything it runs; then it is started and opened again.
   * @param meanwhile runs while there is none
   */
  async killAndReopen(meanwhile?: () => Promise<void>): Promise<void> {
    const { pid, port, exited } = this.vscode.server;
    process.kill(-pid, 'SIGKILL');
    await exited;
    await meanwhile?.();
    // The same address: to a browser, another port is another VS Code.
    this.vscode.server = await this.vscode.startAgain(port, this.extensions.at(-1)!.dir);
    await this.workbench.page.goto(this.vscode.server.url());
  }

  /** The extension in another version, beside the one before it, as an update leaves it; opened next. */
  async update(version: string): Promise<void> {
    const staged = await stageExtension();
    this.extensions.push(staged);
    const { dir } = staged;
    const manifest = path.join(dir, 'package.json');
    const old = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
    // The helper's own is built into it.
    for (const file of [manifest, path.join(dir, 'dist/helperMain.js')]) {
      const text = readFileSync(file, 'utf8');
      assert.ok(text.includes(`"${old}"`), `${file} holds its version`);
      writeFileSync(file, text.replaceAll(`"${old}"`, `"${version}"`));
    }
  }

  /** PIDs of the extension hosts of this VS Code. */
  extensionHosts(): number[] {
    return processesWith('--type=extensionHost').filter((pid) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`XDG_RUNTIME_DIR=${this.runtime}\0`),
    );
  }

  /** Paths of what the extension keeps in the storage that this VS Code gives it. */
  storedFiles(): string[] {
    const storage = path.join(this.vscode.server.dataDir, 'data/User/globalStorage');
    return readdirSync(storage, { recursive: true, encoding: 'utf8' });
  }

  /** What the extension hosts of this VS Code wrote about the extensions that they activated. */
  extensionHostLog(): string {
    const logs = path.join(this.vscode.server.dataDir, 'data/logs');
    return readdirSync(logs, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'remoteexthost.log')
      .map((file) => readFileSync(path.join(logs, file), 'utf8'))
      .join('');
  }

  /** Host PIDs of the helpers that this window started. */
  helpers(): number[] {
    return this.extensions.flatMap(helpersOf);
  }

  /** For the person who looks at the run, and with `npm run screenshots` for the documentation. */
  async picture(name: string): Promise<void> {
    // The pointer would leave a hover over what the picture is to show.
    await this.workbench.page.mouse.move(0, 0);
    await this.workbench.screenshot(name);
  }

  /** In an afterEach: what the window shows when a test has failed, as a picture and in the test's error. */
  async keepFailure({ currentTest }: Context): Promise<void> {
    if (currentTest?.state !== 'failed') return;
    await this.picture(`failed-${currentTest.fullTitle().replace(/\W+/g, '-').slice(0, 100)}`);
    const shown = await this.workbench.page.locator('body').innerText();
    const { err } = currentTest;
    if (err)
      err.stack = `${err.stack ?? err.message}\nThe window shows:\n${shown.replace(/\n\s*\n/g, '\n').slice(0, 4000)}`;
  }

  async pictureForDocs(name: string): Promise<void> {
    await this.picture(name);
    if (!mediaFolder) return;
    const { shrinkPicture } = await import('../host/pictures.mjs');
    const png = await this.workbench.page.screenshot();
    writeFileSync(path.join(mediaFolder, `${name}.png`), shrinkPicture(png));
  }

  /** What the window shows now, for so long in the next moving picture. */
  async frame(milliseconds: number): Promise<void> {
    if (!mediaFolder) return;
    const { page } = this.workbench;
    await page.mouse.move(0, 0);
    const png = await page.screenshot({
      animations: 'disabled',
      // The new size of a terminal, which stands over its text for a moment.
      style: '.terminal-resize-overlay { visibility: hidden }',
    });
    this.frames.push({ png, milliseconds });
  }

  /** The last frame is the first too: it is what one sees where pictures do not move. */
  async movingPictureForDocs(name: string): Promise<void> {
    await this.picture(name);
    if (!mediaFolder) return;
    const { movingPicture } = await import('../host/pictures.mjs');
    const frames = [...this.frames.slice(-1), ...this.frames.splice(0)];
    writeFileSync(path.join(mediaFolder, `${name}.png`), movingPicture(frames));
  }
}

/** What the shell of a container shows when it waits for a command. */
export const prompt = /\/ #\s*$/;

/** Skips where users and namespaces cannot be made. */
export function requireRoot(context: Context): void {
  if (process.getuid!() !== 0) skipBecause(context, 'making users and namespaces needs root');
}

/** Not the shell and the sudo that a helper was authorized in. */
function helpersOf({ dir }: StagedExtension): number[] {
  return processesWith(path.join(dir, 'dist/helper.js')).filter((pid) => {
    try {
      return path.basename(readlinkSync(`/proc/${pid}/exe`)) === 'node';
    } catch {
      return false; // it ended while we looked
    }
  });
}

async function endHelpers(extensions: readonly StagedExtension[]): Promise<void> {
  const left = () => extensions.flatMap(helpersOf);
  for (const pid of left()) process.kill(pid, 'SIGTERM');
  await until('the end of the helpers', () => left().length === 0, 15_000);
}

/**
 * Opens a window for the suite around the call, and closes it at its end.
 * @param opened gets it, before other hooks of the suite run
 * @param options `sameHost`: nothing of the suite may be left on the machine
 */
export function useWindow(
  open: () => Promise<Window>,
  opened: (window: Window) => void,
  options: { readonly sameHost?: boolean } = {},
): void {
  let window: Window | undefined;
  let hostBefore: ReturnType<typeof hostState>;
  before(async function () {
    requireRoot(this);
    hostBefore = hostState();
    opened((window = await open()));
  });
  after(async () => {
    await window?.close();
    if (window && options.sameHost) await assertSameHost(hostBefore);
  });
  afterEach(async function () {
    await window?.keepFailure(this);
  });
}
