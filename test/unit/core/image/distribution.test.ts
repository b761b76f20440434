/** What is asked of mmdebstrap, and the sources of the machine's apt that it gets. */
import assert from 'node:assert/strict';
import {
  deb822Text,
  parseDeb822,
  parseOneLine,
  sourcesOf,
} from '../../../../src/core/image/aptSources';
import { parseDistribution } from '../../../../src/core/image/distribution';

describe('a distribution', () => {
  it('is a suite with a variant, packages and a mirror', () => {
    const words = { variant: 'apt', include: 'vim,g++ libc6:arm64', mirror: 'file:///srv/debian' };
    assert.deepEqual(parseDistribution('suite:bookworm', words), {
      ...{ suite: 'bookworm', variant: 'apt', include: ['vim', 'g++', 'libc6:arm64'] },
      mirror: 'file:///srv/debian',
    });
    assert.equal(parseDistribution('suite:sid').variant, 'minbase');
  });

  for (const [source, words] of [
    ['suite:', {}],
    ['suite:--help', {}],
    ['suite:a b', {}],
    ['suite:sid', { variant: 'huge' }],
    ['suite:sid', { include: '--hook-dir=/tmp' }],
    ['suite:sid', { include: '?narrow(x)' }],
    ['suite:sid', { mirror: '--setup-hook=id' }],
    ['suite:sid', { mirror: 'deb [trusted=yes] http://m.example/ a b' }],
    ['suite:sid', { mirror: 'http://m.example/ x' }],
    ['suite:sid', { mirror: '/etc/passwd' }],
  ] as const)
    it(`${source} ${JSON.stringify(words)} is refused: no word becomes an option`, () => {
      assert.throws(() => parseDistribution(source, words), { code: 'distribution-invalid' });
    });
});

const list = `# deb http://a.example/ commented main
deb-src http://a.example/debian bookworm main
 deb [ arch=amd64 signed-by=/usr/share/keyrings/a.gpg,/b.gpg ] http://a.example/debian bookworm main contrib # more
deb http://a.example/debian bookworm-updates main
deb https://other.example/ nodistro main
`;
const deb822 = `# A comment
Types: deb deb-src
URIs: http://b.example/debian http://c.example/debian
Suites: trixie trixie-updates
# between fields
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQ

Types: deb
URIs: http://b.example/debian-security
Suites: trixie-security
Components: main
Enabled: no
`;

describe("sources of the machine's apt", () => {
  it('are read from both forms', () => {
    const [first, second, third, ...more] = parseOneLine(list);
    assert.deepEqual(first?.uris, ['http://a.example/debian']);
    assert.deepEqual(first?.components, ['main', 'contrib']);
    assert.deepEqual([...first.options], [['Signed-By', '/usr/share/keyrings/a.gpg /b.gpg']]);
    assert.deepEqual(second?.suites, ['bookworm-updates']);
    assert.deepEqual(third?.suites, ['nodistro']);
    assert.deepEqual(more, []);
    const [paragraph, ...others] = parseDeb822(deb822);
    assert.deepEqual(paragraph?.suites, ['trixie', 'trixie-updates']);
    assert.match(paragraph.options.get('Signed-By')!, /^\n -----BEGIN.*\n \.\n mQ$/);
    assert.deepEqual(others, [], 'one that is not enabled is none');
  });

  it('are those of the suite and of its updates', () => {
    const all = [...parseOneLine(list), ...parseDeb822(deb822)];
    const names = (suite: string, own?: string) =>
      sourcesOf(suite, all, own).flatMap(({ suites }) => suites);
    assert.deepEqual(names('bookworm'), ['bookworm', 'bookworm-updates']);
    assert.deepEqual(names('trixie'), ['trixie', 'trixie-updates']);
    assert.deepEqual(names('book'), []);
  });

  it("are the machine's own with another suite, where it does not have that", () => {
    const [only, ...more] = sourcesOf('forky', parseOneLine(list), 'bookworm');
    assert.deepEqual(only?.suites, ['forky']);
    assert.deepEqual(only?.uris, ['http://a.example/debian']);
    assert.deepEqual(more, []);
    assert.deepEqual(sourcesOf('forky', parseOneLine(list), 'jammy'), []);
  });

  it('are written so that apt reads the same', () => {
    for (const sources of [parseOneLine(list), parseDeb822(deb822)])
      assert.deepEqual(parseDeb822(deb822Text(sources)), sources);
  });
});
