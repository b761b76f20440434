/**
 * The messages between extension and helper (JSON-RPC 2.0 over a unix socket, vscode-jsonrpc).
 * One entry per request: its name, the parser of its parameters and of its result.
 *
 * A connection opens with one line of JSON (`Handshake`), answered by one line (`HandshakeReply`).
 * `open: "rpc"` then speaks JSON-RPC; `open: "stream"` then carries raw terminal bytes, both ways,
 * of one console or session: its back-pressure is the socket's own, and the window that it asks for.
 */
import * as z from 'zod';
import { baselineProgress, baselineRequests } from './baseline';
import { ContainerId, ContainerInfo, FolderKind, Privilege } from './container';
import { ImportProgress, ImportReport, ImportWish } from './imports';
import { ProcessInspection } from './inspection';
import {
  LayerChanges,
  LayerDelta,
  LayerResult,
  LayerSide,
  LayerSize,
  SeenFiles,
  maxChanges,
  maxSeenPlaces,
} from './layer';
import { LessonRun, maxLessonLine, maxLessonLines } from './lesson';
import { maxPlaces } from './namespaces';
import { OwnershipReport, OwnershipUndone } from './ownership';
import { Places } from './places';
import { ProcessDelta } from './processes';
import { RootfsCheck, maxCheckedPlaces } from './rootfsCheck';
import { rootfsFileRequests } from './rootfsFiles';
import { SightWatchName, SightsDelta, WatchSights } from './sight';
import { ProcessSnapshot } from './snapshot';
import { PlannedGate, StepResult, StepsWait } from './steps';

export const protocolVersion = 1;

/** Longest opening line that the helper reads, in bytes. */
export const maxHandshakeBytes = 4096;

/** Chosen by a terminal for itself: says whose size is meant where several watch one console. */
const Viewer = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .optional();
/** In bytes. */
const Window = z
  .number()
  .int()
  .min(1)
  .max(16 * 1024 * 1024);
const Size = { cols: z.number().int().min(1).max(1000), rows: z.number().int().min(1).max(1000) };

export const Handshake = z.object({
  terrarium: z.literal(protocolVersion),
  token: z.string().min(32).max(256),
  open: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rpc') }),
    z.object({
      kind: z.literal('stream'),
      stream: z.string().max(64),
      viewer: Viewer,
      /** The terminal says what it has drawn (`adjustWindow`). Until then no more than this is read of the output. */
      window: Window.optional(),
      ...Size,
    }),
  ]),
});
export type Handshake = z.infer<typeof Handshake>;

export const HandshakeReply = z.object({ ok: z.boolean(), message: z.string().optional() });
export type HandshakeReply = z.infer<typeof HandshakeReply>;

/** A step as people see it. `command` is display text, shell-quoted; nothing ever executes it. */
export const StepInfo = z.object({
  id: z.string(),
  where: z.enum(['host', 'namespaces', 'container']),
  command: z.string(),
  why: z.string(),
});
export type StepInfo = z.infer<typeof StepInfo>;

const Bundle = z.string().min(1).max(4096).startsWith('/');
/** Who asks says it. Not said means the one that starts nothing unless a config.json describes it. */
const Kind = FolderKind.default('bundle');
const None = z.object({});
const Stream = z.string().max(64);
/** As seen in the container; `/` for all of it. A path of the kernel holds no NUL. */
const Inside = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'));
const RootfsPlace = z.object({ bundle: Bundle, kind: Kind, path: Inside });
/** st_dev and st_ino, as text: they have 64 bits. */
const Inode = z.object({
  dev: z.string().regex(/^\d{1,20}$/),
  ino: z.string().regex(/^\d{1,20}$/),
});
/**
 * Why a signal did nothing: it is a zombie and was sent none; the PID 1 of a PID namespace that has no
 * handler; it is ignored; or it waits until a stopped process is continued.
 */
export const Unheard = z.enum(['ended', 'init', 'ignored', 'stopped']);
export type Unheard = z.infer<typeof Unheard>;
/** Chosen by the client. */
const ImportId = z.string().regex(/^[0-9a-f]{16}$/);
const SignalName = z.string().regex(/^SIG[A-Z0-9+]{2,10}$/);

export const requests = {
  hello: {
    params: z.object({ client: z.string() }),
    result: z.object({
      version: z.string(),
      pid: z.number(),
      privilege: Privilege,
      uid: z.number(),
      /** How long no client had been connected before this one, in milliseconds. */
      aloneMs: z.number().optional(),
    }),
  },
  list: { params: None, result: z.object({ containers: z.array(ContainerInfo) }) },
  /**
   * Resolves once the container runs; rejects with the message to show where it does not. A stepwise start
   * resolves where it waits before its first step, and is cancelled when this client goes while it waits.
   */
  start: {
    params: z.object({
      bundle: Bundle,
      kind: Kind,
      stepwise: z.boolean().optional(),
      /** The console shows the system calls of each step. */
      calls: z.boolean().optional(),
      /** On a scratch layer, whatever config.json says. */
      layer: z.boolean().optional(),
      ...Size,
    }),
    result: ContainerInfo,
  },
  /** The plan of a stepwise start as it is carried out; also after its end, for as long as it is listed. */
  stepsOf: {
    params: z.object({ id: ContainerId }),
    result: z.object({
      steps: z.array(StepInfo),
      gates: z.array(PlannedGate),
      /** The steps are lines that are typed, and no system calls of a program of ours. */
      byHand: z.boolean(),
      /** `openSession` works where the step that is next is this one or a later one. */
      shellFrom: z.number().int().min(0),
    }),
  },
  /**
   * Carries out every step before the step `to` of a start that waits; all and then the program where `to`
   * is their number. Resolves where it waits again, where the program runs, or where a step has failed.
   */
  advance: {
    params: z.object({ id: ContainerId, to: z.number().int().min(0) }),
    result: z.object({ results: z.array(StepResult), waitsAt: StepsWait.optional() }),
  },
  /** Resolves when PID 1 and with it the whole tree is gone. `graceMs` between SIGTERM and SIGKILL. */
  stop: {
    params: z.object({ id: ContainerId, graceMs: z.number().int().min(0).max(600_000) }),
    result: None,
  },
  /**
   * Opens a further shell as PID 1's user; `args` empty means that user's own shell, else /bin/sh.
   * `user` names another of the rootfs's /etc/passwd, `beside` a process whose folder and user it gets.
   */
  openSession: {
    params: z.object({
      id: ContainerId,
      args: z.array(z.string()).max(256),
      user: z.string().min(1).max(256).optional(),
      beside: z.object({ pid: z.number().int().positive(), startTime: z.string() }).optional(),
      ...Size,
    }),
    result: z.object({ stream: z.string() }),
  },
  /** Ends a session with what runs in it, as closing its terminal for good would. */
  endSession: { params: z.object({ id: ContainerId, stream: z.string().max(64) }), result: None },
  /** With several viewers the size follows the one that typed last; the others' are kept for then. */
  resize: { params: z.object({ stream: z.string(), viewer: Viewer, ...Size }), result: None },
  /** A terminal that was opened with a window has drawn so many bytes more (RFC 4254, section 5.2). */
  adjustWindow: {
    params: z.object({ stream: Stream, viewer: Viewer.unwrap(), bytes: Window }),
    result: None,
  },
  /** Freezes every process of a running container; it is stopped or resumed from there. */
  pause: { params: z.object({ id: ContainerId }), result: None },
  resume: { params: z.object({ id: ContainerId }), result: None },
  /**
   * Below which folders this client lets a rootfs lie outside of its bundle; who else may write to them is looked at with
   * every request. Of a setting of the machine, which no workspace has.
   */
  allowRootfsBelow: {
    params: z.object({ folders: z.array(Bundle).max(64) }),
    result: None,
  },
  /** What happens to containers a while after the last client has gone; they stay unless told so. */
  setLastClientPolicy: { params: z.object({ stop: z.boolean() }), result: None },
  /** Signals one process of a container; `startTime` must still match (a reused PID is refused). */
  signal: {
    params: z.object({
      id: ContainerId,
      pid: z.number().int().positive(),
      startTime: z.string(),
      signal: SignalName,
    }),
    /** `unheard` is set where the kernel tells that it does nothing. */
    result: z.object({ unheard: Unheard.optional() }),
  },
  /**
   * Signals a process and everything below it. All are stopped first, so that none of them can make
   * more meanwhile; where the signal does not end them they go on.
   */
  signalTree: {
    params: z.object({
      id: ContainerId,
      pid: z.number().int().positive(),
      startTime: z.string(),
      signal: SignalName,
    }),
    result: z.object({ processes: z.number().int() }),
  },
  /** Sets the nice value of all threads of a process. */
  renice: {
    params: z.object({
      id: ContainerId,
      pid: z.number().int().positive(),
      startTime: z.string(),
      nice: z.number().int().min(-20).max(19),
    }),
    result: None,
  },
  inspectProcess: {
    params: z.object({
      id: ContainerId,
      pid: z.number().int().positive(),
      startTime: z.string(),
      environment: z.boolean(),
    }),
    result: ProcessInspection,
  },
  /**
   * Starts or stops `processes` notifications for one container to this client. With `lively` a change is
   * told within a second, also after a quiet time; where they are sent already, that alone changes.
   */
  watchProcesses: {
    params: z.object({ id: ContainerId, on: z.boolean(), lively: z.boolean().optional() }),
    result: None,
  },
  /** Where PID 1 is, and which of these processes are elsewhere. Ended ones are left out. */
  lookAtPlaces: {
    params: z.object({
      id: ContainerId,
      processes: z
        .array(z.object({ pid: z.number().int().positive(), startTime: z.string().max(20) }))
        .max(maxPlaces),
    }),
    result: Places,
  },
  /**
   * Deletes a stopped bundle with everything in it, also what only the helper may delete. `inode` says
   * which folder was confirmed: another one that has its name by now is refused.
   */
  deleteBundle: { params: z.object({ bundle: Bundle, inode: Inode.optional() }), result: None },
  /** What `takeOwnership` would change. */
  lookAtOwnership: { params: RootfsPlace, result: OwnershipReport },
  /** Gives the files below a rootfs path of a bundle that does not run to the helper's user. */
  takeOwnership: { params: RootfsPlace, result: z.object({ changed: z.number().int() }) },
  /** Gives back what `takeOwnership` took in this rootfs, whenever that was. */
  undoOwnership: { params: z.object({ bundle: Bundle, kind: Kind }), result: OwnershipUndone },
  /** Looks through a rootfs with the helper's rights, as `helper.js lint`. It ends where it is cancelled, or this client goes. */
  checkRootfs: {
    params: z.object({
      bundle: Bundle,
      kind: Kind,
      paths: z.array(Inside).min(1).max(maxCheckedPlaces),
    }),
    result: RootfsCheck,
  },
  /** What the scratch layer of a bundle changes, whether its container runs or not. */
  layerChanges: { params: z.object({ bundle: Bundle }), result: LayerChanges },
  /** Begins or ends `layerChanged` notifications to this client; they end with the container too. */
  watchLayer: { params: z.object({ bundle: Bundle, on: z.boolean() }), result: None },
  /** A file of one side of a change, which the client may not read itself. */
  layerSide: {
    params: z.object({
      bundle: Bundle,
      side: z.enum(['rootfs', 'layer']),
      path: z.string().min(1),
    }),
    result: LayerSide,
  },
  layerSize: { params: z.object({ bundle: Bundle }), result: LayerSize },
  /** Makes changes those of the rootfs, or undoes them; without paths all of them. */
  changeLayer: {
    params: z.object({
      bundle: Bundle,
      action: z.enum(['apply', 'discard']),
      paths: z.array(z.string().min(1)).max(2 * maxChanges),
    }),
    result: LayerResult,
  },
  /**
   * Has a running container on a layer forget what it remembers of these files of its rootfs, and tells what it sees
   * then.
   */
  seenInside: {
    params: z.object({
      bundle: Bundle,
      paths: z.array(z.string().min(1).max(4096)).max(maxSeenPlaces),
    }),
    result: SeenFiles,
  },
  /** Removes the scratch layer of a container that does not run. */
  removeLayer: { params: z.object({ bundle: Bundle }), result: None },
  ...baselineRequests,
  ...rootfsFileRequests,
  /** Opens the terminal of a lesson: a shell of the helper's user, which ends with this client. */
  openLesson: {
    params: z.object({ cwd: Bundle, ...Size }),
    result: z.object({ stream: Stream }),
  },
  /** Types lines into it, one after the other. Resolves when the last one has ended. */
  runInLesson: {
    params: z.object({
      stream: Stream,
      lines: z.array(z.string().max(maxLessonLine)).max(maxLessonLines),
    }),
    result: LessonRun,
  },
  /** As Ctrl+C in it; no further line is typed. */
  interruptLesson: { params: z.object({ stream: Stream }), result: None },
  endLesson: { params: z.object({ stream: Stream }), result: None },
  /** The process in front on the terminal of a lesson, by its number outside. */
  frontOfLesson: {
    params: z.object({ stream: Stream }),
    result: z.object({ pid: z.number().int().positive() }),
  },
  /**
   * What a process of this machine sees, or with `child` the program that it has started in another root; absent where
   * that has ended. A helper as root is told more.
   */
  takeSnapshot: {
    params: z.object({ pid: z.number().int().positive(), child: z.boolean().optional() }),
    result: z.object({ snapshot: ProcessSnapshot.optional() }),
  },
  /** Begins `sights` notifications to this client; they end with the container, or by `endSights`. */
  watchSights: { params: WatchSights, result: None },
  endSights: { params: z.object({ watch: SightWatchName }), result: None },
  /**
   * Makes a bundle with the helper's rights, of what its user may open; as `helper.js import`. `importProgress`
   * tells how far it is. Cancelled it leaves nothing, and so it does where this client goes.
   */
  import: { params: ImportWish.extend({ id: ImportId }), result: ImportReport },
  /** Ends the helper once no container runs. */
  shutdown: { params: None, result: None },
} as const;
export type RequestName = keyof typeof requests;
export type Params<R extends RequestName> = z.infer<(typeof requests)[R]['params']>;
export type Result<R extends RequestName> = z.infer<(typeof requests)[R]['result']>;

const LogLine = z.object({ level: z.enum(['info', 'warn', 'error']), message: z.string() });
export type LogLine = z.infer<typeof LogLine>;

/** helper → extension */
export const notifications = {
  containerChanged: ContainerInfo,
  processes: ProcessDelta,
  sights: SightsDelta,
  /** `problem`: why it cannot be told for now. */
  layerChanged: LayerDelta.extend({ bundle: z.string(), problem: z.string().optional() }),
  /** A session or console ended; the terminal says `message`. */
  streamEnded: z.object({ stream: z.string(), code: z.number().int(), message: z.string() }),
  /** A program in the terminal of a lesson asks for a password, as sudo does. */
  lessonWaits: z.object({ stream: Stream, program: z.string().max(64) }),
  importProgress: ImportProgress.extend({ id: ImportId }),
  baselineProgress,
  /** What was noted in one turn of the event loop. */
  log: z.object({ lines: z.array(LogLine) }),
} as const;
export type NotificationName = keyof typeof notifications;
export type Notification<N extends NotificationName> = z.infer<(typeof notifications)[N]>;
