// The typed table of commands against package.json, and both against the texts.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandIds } from '../../../src/ui/commandIds';
import { processColumns } from '../../../src/ui/model/processColumns';
import { projectRoot } from '../../host/project.mjs';

interface Keybinding {
  command: string;
  key: string;
  mac?: string;
  when: string;
  args: string | { commands: (string | { command: string; args: string })[] };
}

interface Manifest {
  icon: string;
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string }[];
    menus: Record<string, { command: string; submenu?: string; when?: string }[]>;
    submenus: { id: string }[];
    keybindings: Keybinding[];
    viewsWelcome: { view: string; contents: string; when?: string }[];
    views: Record<string, { id: string }[]>;
    walkthroughs: { steps: { media: { markdown: string }; completionEvents: string[] }[] }[];
    configuration: {
      properties: Record<
        string,
        { scope: string; items?: { enum: string[]; markdownEnumDescriptions: string[] } }
      >;
    };
  };
}

const root = projectRoot();
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
const ids = new Set<string>(Object.values(commandIds));

describe('the command table', () => {
  it('has the same commands as package.json', () => {
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    assert.deepEqual([...ids].sort(), contributed.sort());
  });

  it('has one file for each command, which names itself', () => {
    for (const name of Object.keys(commandIds))
      assert.ok(
        existsSync(join(root, 'src/ui/commands', `${name}.ts`)),
        `src/ui/commands/${name}.ts is missing`,
      );
  });

  it('puts every command into the category Terrarium', () => {
    for (const { command, category } of manifest.contributes.commands)
      assert.equal(category, 'Terrarium', command);
  });
});

/** Commands that a key of ours calls: those for rows, and those of notebooks. */
const ofVSCode = /^(?:runCommands$|notebook\.)/;

describe('package.json', () => {
  it('uses in menus and keybindings only commands that exist', () => {
    const used: { command: string; submenu?: string }[] = [
      ...Object.values(manifest.contributes.menus).flat(),
      ...manifest.contributes.keybindings.filter(({ command }) => !ofVSCode.test(command)),
    ];
    const submenus = new Set(manifest.contributes.submenus.map(({ id }) => id));
    for (const { command, submenu } of used)
      assert.ok(submenu ? submenus.has(submenu) : ids.has(command), submenu ?? command);
  });

  it('has every key act on the row with the focus, and shows the key in the menus', () => {
    const keybindings = manifest.contributes.keybindings.filter(
      ({ command }) => !command.startsWith('notebook.'),
    );
    const own = keybindings.filter(({ command }) => command !== 'runCommands');
    const acting = keybindings.filter(({ command }) => command === 'runCommands');
    assert.ok(own.length > 0);
    // VS Code obeys the last one whose condition holds, and no menu shows a former one whose condition
    // (with the command's enablement) implies that of the last: so the last has one more, which always holds.
    assert.deepEqual(keybindings, [...own, ...acting]);
    assert.deepEqual(
      acting,
      own.map(({ command, when, ...keys }) => ({
        command: 'runCommands',
        ...keys,
        when: `${when} && !editorTextFocus`,
        args: {
          commands: ['list.toggleSelection', 'list.toggleSelection', { command, args: 'focused' }],
        },
      })),
    );
  });

  it('has a text for every %key%, and no text that nobody uses', () => {
    const used = new Set(
      [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]!),
    );
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('welcomes in every empty state: no folder, no container, Restricted Mode, not Linux, nothing running', () => {
    const keys = manifest.contributes.viewsWelcome.map(({ contents }) => contents);
    for (const state of ['noFolder', 'noContainer', 'restricted', 'notLinux', 'nothingRunning'])
      assert.ok(keys.includes(`%welcome.${state}%`), state);
  });

  it('welcomes in every view', () => {
    const welcomed = new Set(manifest.contributes.viewsWelcome.map(({ view }) => view));
    for (const { id } of Object.values(manifest.contributes.views).flat())
      assert.ok(welcomed.has(id), `${id} has no viewsWelcome`);
  });

  it('links in its texts only to commands that exist', () => {
    for (const [key, text] of Object.entries(texts))
      for (const [, command] of text.matchAll(/\(command:(terrarium\.[A-Za-z]+)/g))
        assert.ok(
          ids.has(command!) || command!.startsWith('terrarium.processes'),
          `${key}: ${command}`,
        );
  });

  it('uses no code marks where VS Code shows them as they are', () => {
    for (const [key, text] of Object.entries(texts))
      if (/^(walkthrough|welcome|command)\./.test(key))
        // A walkthrough has ``code`` in pairs (renderFormattedText of VS Code).
        assert.doesNotMatch(
          key.startsWith('walkthrough.') ? text.replace(/``[^`]+``/g, '') : text,
          /`/,
          key,
        );
  });

  it('ticks the steps of the walkthrough by what has happened, and not by a command', () => {
    const tour = read('src/ui/services/tour.ts');
    const steps = manifest.contributes.walkthroughs.flatMap((one) => one.steps);
    for (const { completionEvents } of steps) {
      const [, key] = /^onContext:terrarium\.tour\.(\w+)$/.exec(completionEvents.join()) ?? [];
      assert.ok(key && tour.includes(`'${key}'`), completionEvents.join());
    }
  });

  it('says in a step of the walkthrough itself what to type, for narrow windows show no more', () => {
    for (const step of ['start', 'look', 'edit'])
      assert.match(texts[`walkthrough.${step}.description`] ?? '', /``[a-z]+/, step);
  });

  it('has a view for each id, which extension.ts registers', () => {
    const extension = read('src/extension.ts');
    const created = readdirSync(join(root, 'src/ui/views'), { withFileTypes: true })
      .filter(
        (one) => one.isDirectory() && existsSync(join(one.parentPath, one.name, 'register.ts')),
      )
      .map(({ name }) => {
        const text = read(join('src/ui/views', name, 'register.ts'));
        const [, register] = /export function (register\w+)/.exec(text) ?? [];
        assert.ok(register, `views/${name}/register.ts exports no function register…`);
        assert.ok(
          extension.includes(`${register}(services`),
          `src/extension.ts does not call ${register} of views/${name}`,
        );
        return /createTreeView\('([\w.]+)'/.exec(text)?.[1];
      });
    const contributed = Object.values(manifest.contributes.views).flat();
    assert.deepEqual(contributed.map(({ id }) => id).sort(), created.sort());
  });

  it('speaks in welcomes and conditions only of views that exist', () => {
    const ids = Object.values(manifest.contributes.views).flatMap((views) =>
      views.map(({ id }) => id),
    );
    const conditions = read('package.json').matchAll(/(?:view|focusedView) == ([\w.]+)/g);
    const welcomed = manifest.contributes.viewsWelcome.map(({ view }) => view);
    for (const id of [...[...conditions].map(([, view]) => view!), ...welcomed])
      assert.ok(ids.includes(id), id);
  });

  it('offers each column of a process row, and says what it is', () => {
    const { items } = manifest.contributes.configuration.properties['terrarium.processColumns']!;
    assert.deepEqual([...items!.enum].sort(), [...processColumns].sort());
    assert.deepEqual(
      items!.markdownEnumDescriptions,
      items!.enum.map((column) => `%config.processColumns.${column}%`),
    );
  });

  it('names pictures and pages that exist', () => {
    const pages = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.map(({ media }) => media.markdown),
    );
    for (const file of [manifest.icon, ...pages]) assert.ok(existsSync(join(root, file)), file);
    for (const page of pages)
      for (const [, picture] of read(page).matchAll(/\]\(([a-z]+\.svg)\)/g))
        assert.ok(existsSync(join(root, 'media/walkthrough', picture!)), picture);
  });

  it('lets no workspace choose who does the privileged work', () => {
    assert.equal(
      manifest.contributes.configuration.properties['terrarium.privilege']?.scope,
      'machine',
    );
  });
});
