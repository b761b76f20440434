// The translations against the texts of the code and of package.nls.json: `npm run l10n` repairs what is
// found here, except for the words.
import assert from 'node:assert/strict';
import { startingPoints } from '../../src/core/config/templates';
import { describeState } from '../../src/core/tree/describe';
import { signalChoices } from '../../src/ui/model/signals';
import { projectRoot } from '../host/project.mjs';
import { asL10nDevReads, completed, faultsOf, textsOfCode, translations } from '../l10n/texts.mjs';

describe('the texts of the code', () => {
  let texts: Record<string, string>;
  before(async () => {
    texts = await textsOfCode(projectRoot());
  });

  it('are found where they are shown, by whichever name `l10n.t` goes there', () => {
    assert.ok(Object.keys(texts).length > 500);
    for (const text of ['Which container?', '{0} did not start.', 'Change the owner of files.'])
      assert.equal(texts[text], text);
  });

  it('are found in the lists that others show', () => {
    const lists = [
      ...startingPoints.flatMap(({ label, detail }) => [label, detail]),
      ...signalChoices.map(({ meaning }) => meaning),
      describeState('Z'),
    ];
    for (const text of lists) assert.equal(texts[text], text);
  });

  it('are nothing that is put together at run time', () => {
    for (const argument of ['name', 'a.b', '`${name}`', "'a' + b", "plain('x')"])
      assert.throws(
        () => asL10nDevReads('ui/x.ts', `say(t(${argument}));`),
        /src\/ui\/x\.ts: .* translatable/,
      );
    assert.equal(asL10nDevReads('core/x.ts', 'start(t(0))'), '');
  });
});

describe('a translation', () => {
  const english = {
    plain: 'Close',
    two: '{0} of {1}',
    icon: '$(play) Start',
    link: 'See [this](command:a.b)',
    code: 'Type ``ps``',
  };

  it('is complete with every text, in whatever order its parts stand', () => {
    const german = {
      plain: 'Schließen',
      two: 'Von {1}: {0}',
      icon: '$(play) Starten',
      link: '[Dies](command:a.b) ansehen',
      code: '``ps`` eingeben',
    };
    assert.deepEqual(faultsOf(english, german), []);
    assert.deepEqual(completed(english, { ...german, gone: 'Weg' }), german);
  });

  for (const [key, text] of [
    ['two', '{0} von {0}'],
    ['two', '{0} von vielen'],
    ['icon', '$(spielen) Starten'],
    ['link', 'Siehe [dies](command:a.c)'],
    ['code', 'Tippen Sie ``ls``'],
  ] as const)
    it(`is refused with “${text}” for “${english[key]}”`, () => {
      const faults = faultsOf(english, { ...english, [key]: text });
      assert.deepEqual(faults, [`other placeholders, icons or links: ${key}`]);
    });

  it('is refused with a text too few, too many, or empty', () => {
    const { plain, ...others } = english;
    assert.deepEqual(faultsOf(english, others), ['missing: plain']);
    assert.deepEqual(faultsOf(english, { ...others, plain: '' }), ['missing: plain']);
    assert.deepEqual(faultsOf(others, { ...others, plain }), ['stale: plain']);
  });
});

describe('the translations of the extension', () => {
  it('are there for the manifest and for the code', async () => {
    const files = (await translations(projectRoot())).map(({ file }) => file);
    assert.deepEqual(files, ['l10n/bundle.l10n.de.json', 'package.nls.de.json']);
  });

  it('have every text, none that is gone, and the parts of each; else run `npm run l10n`', async () => {
    for (const { file, english, translated } of await translations(projectRoot())) {
      assert.deepEqual(faultsOf(english, translated), [], file);
      assert.deepEqual(Object.keys(translated), Object.keys(english), `the order of ${file}`);
    }
  });
});
