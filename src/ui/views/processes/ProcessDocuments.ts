/**
 * The read-only documents about a process: their text, hovers, links to manual pages and to files of the
 * rootfs. Called by `registerProcessesView`.
 */
import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { escapeControlCharacters } from '../../../core/text/escapeControlCharacters';
import { escapeMarkdown } from '../../model/markdown';
import { type Inspection, addressOf, isEndedError } from '../../services/Inspections';
import { explainPlace, locationOf } from '../../services/inspectedProcess';
import { MadeFiles } from '../../services/MadeFiles';
import type { Services } from '../../services/Services';
import { explainField } from './explainField';
import { inspectionText, wrapped } from './inspectionText';
import { type SectionName, sections } from './sections';
import { nameOf, processScheme } from '../../services/processUri';

/** The manual page in a heading, such as `capabilities(7)`. */
const manualPage = /^■ .*? {2}([a-z_]+\(\d\))$/;
/** A path at the end of a row about the program or an open file. */
const pathInRow = /^ {2}(?: *\d+|\S+) +(\/.*)$/;

export function registerProcessDocuments(services: Services): void {
  const selector = { scheme: processScheme };
  const { inspections } = services;
  services.context.subscriptions.push(
    MadeFiles.register(
      processScheme,
      (uri) => textOf(services, uri),
      services.inspections.onDidChange,
    ),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: (document, position) =>
        hoverAt(document, position, inspections.of(document.uri)),
    }),
    vscode.languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: (document) => linksOf(document, inspections.of(document.uri)),
    }),
    vscode.languages.registerCodeLensProvider(selector, {
      provideCodeLenses: (document) =>
        hasEnded(inspections.of(document.uri)) ? [] : lenses(document),
    }),
  );
}

async function textOf(services: Services, uri: vscode.Uri): Promise<string> {
  try {
    return inspectionText(await services.inspections.take(uri));
  } catch (error) {
    if (!isEndedError(error)) throw error;
    // "Reload Window" has restored the tab of a process that has ended.
    const text = vscode.l10n.t(
      'Process {0} of “{1}” has ended, and this window has read nothing of it. “Inspect Process” in the Processes view shows another one.',
      ...nameOf(uri),
    );
    return wrapped(text).join('\n');
  }
}

/** Whether the process has ended, so that nothing more can be read. */
function hasEnded(inspection: Inspection | undefined): boolean {
  return inspection?.goneAt !== undefined || inspection?.found.ended === true;
}

async function hoverAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  inspection: Inspection | undefined,
): Promise<vscode.Hover | undefined> {
  const range = document.getWordRangeAtPosition(position);
  const word = range ? document.getText(range) : '';
  const row = document.lineAt(position.line).text;
  const found = sectionAt(document, position.line);
  if (!found) return undefined;
  const [name, { title, manual, about }] = found;
  const field = await explainField(name, row, word, vscode.l10n.t);
  const path = inspection && hasPaths(name) ? pathIn(row, inspection) : undefined;
  const target = path === undefined ? undefined : await targetOf(inspection!, path);
  const page = manualUri(manual);
  return new vscode.Hover([
    ...(field === undefined ? [] : [field]),
    ...(typeof target === 'string' ? [escapeMarkdown(target)] : []),
    `**${title}**: ${about}${page ? ` [${manual}](${page.toString()})` : ''}`,
  ]);
}

/** The section of a line, by the heading above it. */
function sectionAt(document: vscode.TextDocument, line: number) {
  for (let at = line; at >= 0; at--) {
    const { text } = document.lineAt(at);
    if (text.startsWith('■ '))
      return entries().find(([, { title, manual }]) => text === `■ ${title}  ${manual}`);
  }
  return undefined;
}

function entries() {
  const all = sections();
  return (Object.keys(all) as SectionName[]).map((name) => [name, all[name]] as const);
}

function hasPaths(section: SectionName): boolean {
  return section === 'files' || section === 'places';
}

/** @param manual `capabilities(7)` */
function manualUri(manual: string): vscode.Uri | undefined {
  const [, name, number] = /^([a-z_]+)\((\d)\)$/.exec(manual) ?? [];
  if (name === undefined) return undefined;
  return vscode.Uri.parse(`https://man7.org/linux/man-pages/man${number}/${name}.${number}.html`);
}

async function linksOf(
  document: vscode.TextDocument,
  inspection: Inspection | undefined,
): Promise<vscode.DocumentLink[]> {
  const links: Promise<vscode.DocumentLink | undefined>[] = [];
  for (let at = 0; at < document.lineCount; at++) {
    const { text } = document.lineAt(at);
    const page = manualPage.exec(text)?.[1];
    const path = inspection && pathIn(text, inspection);
    const end = (length: number) => new vscode.Range(at, text.length - length, at, text.length);
    if (page !== undefined) links.push(Promise.resolve(manualLink(end(page.length), page)));
    else if (path !== undefined && hasPaths(sectionAt(document, at)?.[0] ?? 'ids'))
      links.push(fileLink(end(escapeControlCharacters(path).length), path, inspection!));
  }
  return (await Promise.all(links)).filter((link) => link !== undefined);
}

function manualLink(range: vscode.Range, page: string): vscode.DocumentLink {
  const link = new vscode.DocumentLink(range, manualUri(page));
  link.tooltip = vscode.l10n.t('Read the manual page');
  return link;
}

async function fileLink(
  range: vscode.Range,
  path: string,
  inspection: Inspection,
): Promise<vscode.DocumentLink | undefined> {
  const target = await targetOf(inspection, path);
  if (typeof target === 'string') return undefined;
  const link = new vscode.DocumentLink(range, target);
  link.tooltip = vscode.l10n.t('Open it in the rootfs');
  return link;
}

/** The path of a row, as the kernel reported it: the row itself has it escaped. */
function pathIn(row: string, { found }: Inspection): string | undefined {
  const text = pathInRow.exec(row)?.[1];
  if (text === undefined) return undefined;
  const told = [found.exe, found.cwd, found.root, ...found.files.entries.map((one) => one.target)];
  return told.find((path) => path !== undefined && escapeControlCharacters(path) === text);
}

/** The file or folder in the workspace, resolved below the rootfs; or a text why there is none. */
async function targetOf(inspection: Inspection, path: string): Promise<vscode.Uri | string> {
  const place = await locationOf(inspection, path);
  if (place.is !== 'in the rootfs')
    return explainPlace(place, escapeControlCharacters(path)).join(' ');
  const found = await lstat(place.file);
  return found.isFile() || found.isDirectory()
    ? vscode.Uri.file(place.file)
    : vscode.l10n.t('A device, pipe or socket: there is nothing to open.');
}

function lenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const address = addressOf(document.uri);
  const { environment } = sections();
  for (let at = 0; !address.environment && at < document.lineCount; at++) {
    if (!document.lineAt(at).text.startsWith(`■ ${environment.title}  `)) continue;
    const whole = document.uri.with({ query: JSON.stringify({ ...address, environment: true }) });
    const here = new vscode.Range(at, 0, at, 0); // the last section: its line number does not change
    return [
      new vscode.CodeLens(here, {
        title: vscode.l10n.t('$(eye) Show Environment (it may hold secrets)'),
        command: 'vscode.open',
        arguments: [whole, { preview: true, selection: here }],
      }),
    ];
  }
  return [];
}
