/** The words of the picture in the language of VS Code. Called by `PicturePanel`. */
import * as vscode from 'vscode';
import type { PictureTexts } from '../../../core/picture/texts';

export function pictureTexts(): PictureTexts {
  const { t } = vscode.l10n;
  return {
    machine: t('this machine'),
    namespaces: {
      ...{ pid: t('PID'), mnt: t('mount'), uts: t('UTS'), ipc: t('IPC') },
      ...{ net: t('network'), user: t('user'), cgroup: t('cgroup'), time: t('time') },
    },
    marks: { session: t('session'), zombie: t('zombie'), stopped: t('stopped') },
    paused: t('paused'),
    helper: t('helper'),
    you: t('you'),
    root: t('root'),
    own: t('own: {0}'),
    ofMachine: t('this machine’s: {0}'),
    sharedWithAll: t('shared with all below: {0}'),
    sharedBy: t('{0}: shared by {1}'),
    and: t('{0} and {1}'),
    rootOf: {
      machine: t('root: / of this machine'),
      own: t('root: {0}'),
      chroot: t('root: {0}'),
    },
    wayOut: t('chroot: the way out is open'),
    noWayBack: t('no way back'),
    oneProcess: t('1 process'),
    processes: t('{0} processes'),
    alike: t('and {0} more like it'),
    others: t('and {0} others'),
    withMore: t('{0}, with processes below'),
    processLabel: t('{0}, PID {1} inside, {2} outside'),
    left: t('{0} more containers'),
    nothing: t('No container is running.'),
    legend: [
      { text: t('blue: namespaces'), role: 'namespace' },
      { text: t('green: file system root, and PID inside'), role: 'root' },
      { text: t('grey: PID on this machine'), role: 'muted' },
      { text: t('violet: shared'), role: 'shared' },
      { text: t('amber: what leaks'), role: 'leak' },
    ],
    page: {
      title: t('The Picture'),
      table: t('Table'),
      save: t('Save as SVG…'),
      hint: t('Arrow keys move over the picture; Enter shows what has the focus in the views.'),
      columns: [t('What'), t('Where'), t('PID inside'), t('PID outside'), t('More')],
    },
  };
}
