/**
 * The sources of packages that a machine's apt has, in both forms of sources.list(5), and those of them that a suite
 * is made from. Pure; used by helper/image/aptMirror.ts.
 */

export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Others than these by their names of deb822, as `Signed-By`; in values of several lines each begins with a blank. */
  readonly options: ReadonlyMap<string, string>;
}

/** `deb [KEY=VALUE …] URI SUITE COMPONENT…`; what is no such line is left out, as are sources of source packages. */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [, optionText = '', rest = ''] = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?([^#]*)/.exec(line) ?? [];
    const [uri, suite, ...components] = words(rest);
    if (uri === undefined || suite === undefined) return [];
    const options = words(optionText).flatMap((one) => {
      const at = one.indexOf('=');
      const name = optionNames[one.slice(0, at)];
      return name === undefined ? [] : [[name, one.slice(at + 1).replaceAll(',', ' ')] as const];
    });
    return [{ uris: [uri], suites: [suite], components, options: new Map(options) }];
  });
}

/** Paragraphs of fields, without those that are not enabled. */
export function parseDeb822(text: string): AptSource[] {
  const paragraphs = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/);
  return paragraphs.flatMap((paragraph) => {
    const fields = new Map(
      [...paragraph.matchAll(/^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm)].map(
        ([, name, value]) => [name!.toLowerCase(), value!] as const,
      ),
    );
    const all = (name: string) => words(fields.get(name) ?? '');
    if (!all('types').includes('deb') || /^(no|false|0|off)$/i.test(fields.get('enabled') ?? ''))
      return [];
    const options = Object.values(optionNames).flatMap((name) => {
      const value = fields.get(name.toLowerCase());
      return value === undefined ? [] : [[name, value] as const];
    });
    return [
      {
        uris: all('uris'),
        suites: all('suites'),
        components: all('components'),
        options: new Map(options),
      },
    ];
  });
}

/** What says whom to trust. Architectures are left to the tool that asks. */
const optionNames: Readonly<Record<string, string>> = {
  'signed-by': 'Signed-By',
  trusted: 'Trusted',
  'check-valid-until': 'Check-Valid-Until',
};

/**
 * Those of the suite itself, of its updates and of its security updates. A suite that the machine does not have is
 * looked for where the machine's own comes from.
 * @param own the machine's own suite
 */
export function sourcesOf(
  suite: string,
  sources: readonly AptSource[],
  own: string | undefined,
): AptSource[] {
  const further = ['', '-updates', '-security', '/updates'].map((end) => suite + end);
  const found = sources.flatMap((source) => {
    const suites = source.suites.filter((one) => further.includes(one));
    return suites.length > 0 ? [{ ...source, suites }] : [];
  });
  if (found.some(({ suites }) => suites.includes(suite))) return found;
  const base = sources.find(({ suites }) => own !== undefined && suites.includes(own));
  return base ? [{ ...base, suites: [suite] }] : [];
}

export function deb822Text(sources: readonly AptSource[]): string {
  return sources
    .map(({ uris, suites, components, options }) =>
      [
        'Types: deb',
        `URIs: ${uris.join(' ')}`,
        `Suites: ${suites.join(' ')}`,
        ...(components.length > 0 ? [`Components: ${components.join(' ')}`] : []),
        ...[...options].map(([name, value]) => `${name}: ${value}`),
        '',
      ].join('\n'),
    )
    .join('\n');
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
