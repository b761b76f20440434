/**
 * The read-only documents that show what is inside a process: their text, an explanation on hover, links
 * to the manual and to files of the rootfs. Called by `registerProcessesView`.
 */
import * as vscode from 'vscode';
import { resolveInside } from '../../../core/bundle/resolveInside';
import { TerrariumError } from '../../../core/errors';
import { realRootfs } from '../../model/container';
import type { Services } from '../../services/Services';
import { explainField } from './explainField';
import { type SectionName, inspectionText, sections } from './inspectionText';
import { type ProcessAddress, addressOf, processScheme } from './processUri';

/** `capabilities(7)`, as it stands in a heading. */
const manualPage = /^■ .*? {2}([a-z_]+\(\d\))$/;
/** A path of the container at the end of a row about the program or an open file. */
const pathInRow = /^ {2}(?: *\d+|\S+) +(\/.*)$/;

class FileLink extends vscode.DocumentLink {
  constructor(
    range: vscode.Range,
    readonly containerId: string,
    readonly file: string,
  ) {
    super(range);
    this.tooltip = vscode.l10n.t('Open it in the rootfs');
  }
}

export function registerProcessDocuments(services: Services): void {
  const selector = { scheme: processScheme };
  services.context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(processScheme, {
      provideTextDocumentContent: (uri) => textOf(services, addressOf(uri)),
    }),
    vscode.languages.registerHoverProvider(selector, { provideHover: hoverAt }),
    vscode.languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: linksOf,
      resolveDocumentLink: (link) => (link instanceof FileLink ? resolved(services, link) : link),
    }),
    vscode.languages.registerCodeLensProvider(selector, { provideCodeLenses: lenses }),
  );
}

async function textOf(services: Services, address: ProcessAddress): Promise<string> {
  const { containerId, pid, startTime, environment } = address;
  const container = services.containers.byId(containerId);
  if (!container?.info) {
    throw new TerrariumError(
      'container-unknown',
      vscode.l10n.t('The container of this process is gone.'),
      vscode.l10n.t('Start it again.'),
    );
  }
  const found = await services.helpers
    .of(container.info)
    .request('inspectProcess', { id: containerId, pid, startTime, environment });
  const row = services.processes
    .of(containerId)
    ?.tree.infos()
    .find((info) => info.pid === pid && info.startTime === startTime);
  return inspectionText(container.name, row, found);
}

function hoverAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Hover | undefined {
  const word = document.getText(document.getWordRangeAtPosition(position));
  const row = document.lineAt(position.line).text;
  // The heading above the line that the mouse is on.
  for (let at = position.line; at >= 0; at--) {
    const { text } = document.lineAt(at);
    if (!text.startsWith('■ ')) continue;
    const found = Object.entries(sections()).find(([, { title, manual }]) =>
      text.endsWith(`${title}  ${manual}`),
    );
    if (!found) return undefined;
    const [name, { title, manual, about }] = found;
    const field = explainField(name as SectionName, row, word);
    const page = manualUri(manual);
    return new vscode.Hover([
      ...(field === undefined ? [] : [field]),
      `**${title}**: ${about}${page ? ` [${manual}](${page.toString()})` : ''}`,
    ]);
  }
  return undefined;
}

/** @param manual `capabilities(7)` */
function manualUri(manual: string): vscode.Uri | undefined {
  const [, name, number] = /^([a-z_]+)\((\d)\)$/.exec(manual) ?? [];
  if (name === undefined) return undefined;
  return vscode.Uri.parse(`https://man7.org/linux/man-pages/man${number}/${name}.${number}.html`);
}

function linksOf(document: vscode.TextDocument): vscode.DocumentLink[] {
  const links: vscode.DocumentLink[] = [];
  let inFiles = false;
  const { files, places } = sections();
  const { containerId } = addressOf(document.uri);
  for (let at = 0; at < document.lineCount; at++) {
    const { text } = document.lineAt(at);
    const manual = manualPage.exec(text);
    if (manual) {
      const page = manual[1]!;
      const link = new vscode.DocumentLink(
        new vscode.Range(at, text.length - page.length, at, text.length),
        manualUri(page),
      );
      link.tooltip = vscode.l10n.t('Read the manual page');
      links.push(link);
      inFiles = [files, places].some(({ title }) => text.startsWith(`■ ${title}  `));
    }
    const file = inFiles ? pathInRow.exec(text)?.[1] : undefined;
    if (file !== undefined)
      links.push(
        new FileLink(
          new vscode.Range(at, text.length - file.length, at, text.length),
          containerId,
          file,
        ),
      );
  }
  return links;
}

/** The file in the workspace, found the way that the container's kernel would find it. */
async function resolved({ containers }: Services, link: FileLink): Promise<FileLink> {
  const container = containers.byId(link.containerId);
  if (!container) return link;
  const file = await resolveInside(realRootfs(container), link.file);
  if (file !== undefined) link.target = vscode.Uri.file(file);
  return link;
}

function lenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const address = addressOf(document.uri);
  const { environment } = sections();
  for (let at = 0; !address.environment && at < document.lineCount; at++) {
    if (!document.lineAt(at).text.startsWith(`■ ${environment.title}  `)) continue;
    const whole = document.uri.with({ query: JSON.stringify({ ...address, environment: true }) });
    const here = new vscode.Range(at, 0, at, 0); // the last section: it begins there in both
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
