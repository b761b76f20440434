/**
 * What works and may still surprise: a warning on that line of the file in the editor, and a line in the
 * start output, whichever engine starts it (`unsupported` is about the built-in one alone).
 */
import { posix } from 'node:path';
import { isBelow } from '../fs/isBelow';
import { keyName } from './describeIssue';
import { runtimeOf } from './engine';
import { isBind } from './mountKinds';
import { isTravelling } from './mountOption';
import type { ConfigWarning } from './unsupported';
import { ownAnnotations } from './ownAnnotations';
import type { OciConfig } from './schema';
import { parseSignal, stopSignalKey } from './stopSignal';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

export function configWarnings(config: OciConfig): ConfigWarning[] {
  const { annotations = {}, linux, process } = config;
  const runtime = runtimeOf(config);
  const found: ConfigWarning[] = [];
  const remark = (path: (string | number)[], message: string) => found.push({ path, message });

  if (runtime && !process.capabilities)
    remark(
      ['process'],
      `config.json gives no process.capabilities, so ${runtime} starts PID 1 without any; the built-in engine leaves it all of them.`,
    );
  if (!linux.namespaces.some(({ type }) => type === 'pid'))
    remark(
      ['linux', 'namespaces'],
      runtime
        ? `linux.namespaces lists no pid namespace: with root a /proc inside shows ${runtime} as process 1 and none of this machine’s; without root what PID 1 and shells leave in the background goes on after it.`
        : 'linux.namespaces lists no pid namespace: a /proc inside shows every process of this machine, and what PID 1 and shells leave in the background goes on after it.',
    );
  if (runtime && /shared/.test(linux.rootfsPropagation ?? ''))
    remark(
      ['linux', 'rootfsPropagation'],
      `linux.rootfsPropagation shows the container what this machine mounts, but no mount that is made inside reaches this machine: ${runtime} runs in a mount namespace apart from it.`,
    );
  const propagation = linux.rootfsPropagation ?? (runtime === 'crun' ? 'rprivate' : 'rslave');
  if (runtime && !/shared|slave/.test(propagation))
    config.mounts.forEach((mount, index) =>
      mount.options?.forEach((option, at) => {
        if (isBind(mount) && isTravelling(option))
          remark(
            ['mounts', index, 'options', at],
            `"${option}" shows nothing that this machine mounts later, because ${runtime} makes all mounts private first; set linux.rootfsPropagation to "rslave" for that.`,
          );
      }),
    );
  if (runtime)
    config.mounts.forEach((mount, index) => {
      const { source = '' } = mount; // a relative one lies in the bundle
      if (isBind(mount) && source.startsWith('/') && isBelow(posix.normalize(source), '/proc'))
        remark(
          ['mounts', index],
          `mounts[${index}] binds /proc: with root that is the one of ${runtime}, which shows its own processes and the container’s, and none of this machine’s; the built-in engine binds the machine’s.`,
        );
    });
  if (runtime && annotations['dev.terrarium.root'] === 'chroot')
    remark(
      ['annotations', 'dev.terrarium.root'],
      `${keyName(['annotations', 'dev.terrarium.root'])} says nothing to ${runtime}, which changes the root in its own way.`,
    );
  const stop = annotations[stopSignalKey];
  if (stop !== undefined && parseSignal(stop) === undefined)
    remark(
      ['annotations', stopSignalKey],
      `${keyName(['annotations', stopSignalKey])} is ${escapeControlCharacters(stop)}, which is no signal: Stop sends SIGTERM. Use a name or a number of signal(7), such as SIGTERM, 15 or SIGRTMIN+3.`,
    );
  const known = Object.keys(ownAnnotations);
  for (const key of Object.keys(annotations))
    if (key.startsWith('dev.terrarium.') && !known.includes(key))
      remark(
        ['annotations', key],
        `${keyName(['annotations', key])} is none of Terrarium’s annotations, which are ${new Intl.ListFormat('en').format(known)}.`,
      );
  return found;
}
