/** The tooltip of a process in the Processes view. Made when the pointer rests on the row. */
import * as vscode from 'vscode';
import type { ProcessInfo } from '../../../protocol/processes';
import { isOrphan } from '../../../core/tree/arrange';
import { describeState } from '../../../core/tree/describe';
import { formatBytes, formatElapsed } from '../../../core/tree/formatAmounts';
import { escapeMarkdown } from '../../model/markdown';
import { processStates } from '../../model/words/processStates';
import { tableWord } from '../../model/words/WordTable';
import { actsAsAnother } from './processItem';

/** @param userName name of a uid, as the container's etc/passwd has it: escaped here */
export function processTooltip(
  info: ProcessInfo,
  userName: (uid: number) => string,
): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const user = (uid: number) => escapeMarkdown(userName(uid));
  const state = tableWord(processStates(t), info.state);
  const command = info.commandLine === '' ? t('(no command line)') : info.commandLine;
  const memory = info.pssUnread
    ? t('At most {0} in memory (RSS: what it shares counts in full)', formatBytes(info.rss))
    : info.pss === undefined
      ? t('{0} in memory (RSS: what it shares counts in full)', formatBytes(info.rss))
      : t(
          '{0} in memory (PSS: what it shares is divided; RSS is {1})',
          formatBytes(info.pss),
          formatBytes(info.rss),
        );
  const lines = [
    `**${escapeMarkdown(info.name)}** ${escapeMarkdown(command.slice(0, 1000))}`,
    t('PID {0} in the container, {1} on the host', info.pid, info.hostPid),
    `${t(describeState(info.state))}${state ? `: ${state.text} ${state.section}` : ''}`,
    t('User {0} ({1}) in the container', user(info.uid), info.uid),
    ...(actsAsAnother(info)
      ? [
          t(
            'Its effective user is {0}: a set-user-ID program, or it called seteuid(2).',
            user(info.euid),
          ),
        ]
      : []),
    ...(info.mainThreadEnded
      ? [t('Its main thread has ended, and others run on. ps(1) calls it a zombie.')]
      : []),
    ...(info.emulated === undefined
      ? []
      : [
          t(
            'It is a program for {0}, emulated by qemu: its memory and threads are those of the emulator.',
            info.emulated,
          ),
        ]),
    ...(isOrphan(info)
      ? [t('The process that started it has ended; PID {0} adopted it.', info.ppid)]
      : []),
    memory,
    t(
      '{0}% of one CPU · nice {1} · {2}',
      info.cpu,
      info.nice,
      info.threads === 1 ? t('1 thread') : t('{0} threads', info.threads),
    ),
    t('Running for {0}', formatElapsed(Date.now() - info.startedAt)),
  ];
  return new vscode.MarkdownString(lines.join('\n\n'));
}
