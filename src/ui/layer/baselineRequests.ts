/**
 * Has a baseline compared, read, taken or forgotten: by the helper of sudo where it is there, which reads everything, else
 * by the same command with the rights of the extension host. Nothing here asks for a password.
 */
import { randomBytes } from 'node:crypto';
import type { BaselineChanges, BaselineReport, BaselineSide } from '../../protocol/baseline';
import type { Container } from '../model/container';
import { helperCommand } from '../services/helperCommand';
import type { HelperLink } from '../services/HelperLink';
import { allowedWords } from '../services/rootfsBelow';
import type { Services } from '../services/Services';

type Asking = Pick<Services, 'helpers' | 'context'>;
type Of = Pick<Container, 'bundle'>;

/** Of `show`, in milliseconds. */
const timeout = 60_000;

/** @param paths relative to the rootfs; none for all of it */
export async function changesSince(
  { helpers, context }: Asking,
  { bundle }: Of,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<BaselineChanges> {
  const link = linkOf(helpers);
  if (link) return link.request('baselineChanges', { bundle, paths: [...paths] }, signal);
  const { BaselineChanges } = await import('../../core/lazy');
  const words = wordsOf(['changes', '--json'], bundle, paths);
  return BaselineChanges.parse(JSON.parse(await helperCommand(context, words, signal)));
}

export async function baselineSideOf(
  { helpers, context }: Asking,
  { bundle }: Of,
  path: string,
): Promise<BaselineSide> {
  const link = linkOf(helpers);
  if (link) return link.request('baselineSide', { bundle, path });
  const { BaselineSide } = await import('../../core/lazy');
  const words = wordsOf(['show'], bundle, [path]);
  return BaselineSide.parse(JSON.parse(await helperCommand(context, words, timeout)));
}

export async function markBaseline(
  { helpers, context }: Asking,
  { bundle }: Of,
  signal: AbortSignal,
  onProgress: (entries: number) => void,
): Promise<BaselineReport> {
  const link = linkOf(helpers);
  if (link) return requestMark(link, bundle, signal, onProgress);
  const { BaselineProgress, BaselineReport } = await import('../../core/lazy');
  const words = wordsOf(['mark', '--progress'], bundle);
  const said = await helperCommand(context, words, signal, (line) => {
    const { data } = BaselineProgress.safeParse(JSON.parse(line));
    if (data) onProgress(data.entries);
  });
  return BaselineReport.parse(JSON.parse(said));
}

export async function forgetBaseline({ helpers, context }: Asking, { bundle }: Of): Promise<void> {
  const link = linkOf(helpers);
  if (link) await link.request('forgetBaseline', { bundle });
  else await helperCommand(context, wordsOf(['forget'], bundle), timeout);
}

/** @param paths relative to the rootfs */
function wordsOf(
  task: readonly string[],
  bundle: string,
  paths: readonly string[] = [],
): readonly string[] {
  const places = paths.map((one) => `/${one}`);
  return ['baseline', ...task, ...allowedWords(), '--bundle', bundle, ...places];
}

async function requestMark(
  link: HelperLink,
  bundle: string,
  signal: AbortSignal,
  onProgress: (entries: number) => void,
): Promise<BaselineReport> {
  const id = randomBytes(8).toString('hex');
  const end = link.onNotification('baselineProgress', (progress) => {
    if (progress.id === id) onProgress(progress.entries);
  });
  try {
    return await link.request('markBaseline', { bundle, id }, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    end();
  }
}

/** Whoever is root has its rights already. */
function linkOf(helpers: Services['helpers']): HelperLink | undefined {
  return process.geteuid?.() === 0 ? undefined : helpers.get('root');
}
