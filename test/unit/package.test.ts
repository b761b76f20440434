/** What `npm run package` makes of a clone in which nothing was built. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import JSZip from 'jszip';
import { isAbsolute, linkTargets } from '../package/readme.mjs';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

describe('the VSIX', function () {
  this.timeout(180_000); // a production build, and vsce asks npm which dependencies are whose
  let clone: string;
  let files: Map<string, Buffer>;

  before(async () => {
    clone = await cleanClone();
    files = await makePackage('npm', ['run', 'package']);
  });
  after(() => rm(clone, { recursive: true, force: true }));

  async function makePackage(command: string, args: string[]): Promise<Map<string, Buffer>> {
    await run(command, args, { cwd: clone });
    const zip = await JSZip.loadAsync(await readFile(path.join(clone, 'dist/terrarium.vsix')));
    const entries = Object.values(zip.files).filter(({ dir }) => !dir);
    const read = await Promise.all(
      entries.map(async (file) => [file.name, await file.async('nodebuffer')] as const),
    );
    return new Map(
      read.flatMap(([name, content]) =>
        name.startsWith('extension/') ? [[name.slice('extension/'.length), content]] : [],
      ),
    );
  }
  const text = (file: string) => files.get(file)?.toString('utf8') ?? assert.fail(`no ${file}`);

  it('holds the bundles, media, node-pty for both machines, and nothing else', () => {
    const allowed = [
      /^(package\.json|package\.nls(\.de)?\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
      /^dist\/(extension|core|words|panels|layers|editing|lessons|seldom|helper|helperMain|plainRun|terminal)\.js$/,
      /^dist\/terrarium-init-(x64|arm64)$/,
      /^dist\/webview\/(usage|picture|sight)\.(js|css)$/,
      /^dist\/(config\.schema\.json|package\.json|ThirdPartyNotices\.txt)$/,
      /^l10n\/bundle\.l10n\.de\.json$/,
      /^media\/(icon\.png|terrarium\.svg|(walkthrough|pages|lessons)\/[\w-]+\.\w+)$/,
      /^media\/(sequence-language\.json|(sequence|session)\.tmLanguage\.json)$/,
      /^node_modules\/node-pty\/(package\.json|LICENSE|lib\/\w+\.js|prebuilds\/linux-(x64|arm64)\/[\w.-]+)$/,
    ];
    const names = [...files.keys()];
    assert.deepEqual(
      names.filter((name) => !allowed.some((pattern) => pattern.test(name))),
      [],
    );
    for (const needed of [
      'dist/extension.js',
      'dist/core.js',
      'dist/words.js',
      'dist/panels.js',
      'dist/layers.js',
      'dist/editing.js',
      'dist/lessons.js',
      'dist/seldom.js',
      'dist/package.json',
      'dist/helper.js',
      'dist/helperMain.js',
      'dist/plainRun.js',
      'dist/terminal.js',
      'dist/terrarium-init-x64',
      'dist/terrarium-init-arm64',
      'dist/webview/picture.js',
      'dist/webview/usage.js',
      'dist/webview/sight.js',
      'l10n/bundle.l10n.de.json',
      'package.nls.de.json',
      'node_modules/node-pty/prebuilds/linux-x64/pty.node',
      'node_modules/node-pty/prebuilds/linux-arm64/pty.node',
    ]) {
      assert.ok(names.includes(needed), needed);
    }
  });

  it('is small', async () => {
    const { size } = await stat(path.join(clone, 'dist/terrarium.vsix'));
    assert.ok(size < 1.6 * mebibyte, `${(size / mebibyte).toFixed(2)} MiB`);
  });

  it('has the licence of each package whose code is in it', async () => {
    const notices = text('dist/ThirdPartyNotices.txt');
    const { dependencies } = JSON.parse(text('package.json')) as {
      dependencies: Record<string, string>;
    };
    const bundled = JSON.parse(
      await readFile(path.join(clone, 'dist/bundled.json'), 'utf8'),
    ) as string[];
    const packages = new Set([...Object.keys(dependencies), 'uplot']);
    for (const file of bundled) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (name) packages.add(name);
    }
    const sections = new Map(
      notices.split(/^-{80}$/m).map((section) => {
        const [title = '', ...rest] = section.trim().split('\n');
        return [title.split(' ')[0], rest.join('\n')] as const;
      }),
    );
    for (const name of [...packages, 'musl', 'glibc'])
      assert.match(sections.get(name) ?? '', /copyright/i, `the licence of ${name}`);
    assert.ok(packages.size > 20, 'what execa brings is counted too');
  });

  it('has no link and no picture on its pages that VS Code and the Marketplace would drop', () => {
    for (const page of ['readme.md', 'changelog.md']) {
      assert.deepEqual(
        linkTargets(text(page)).filter((target) => !isAbsolute(target)),
        [],
        page,
      );
    }
    assert.doesNotMatch(text('readme.md'), /<img|data:image/);
  });

  describe('once package.json says where the project is at home', () => {
    const home = 'https://github.com/example/terrarium';

    async function fill(fields: Record<string, unknown>): Promise<void> {
      const file = path.join(clone, 'package.json');
      const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      await writeFile(file, JSON.stringify({ ...manifest, ...fields }));
    }

    it('asks for all of it', async () => {
      await fill({ repository: { type: 'git', url: `${home}.git` } });
      await assert.rejects(
        makePackage('node', ['test/package/run.mjs']),
        /package\.json has no bugs and no homepage\.[^]*Before publishing/,
      );
    });

    it('shows the pictures and follows the links of the README there', async () => {
      await fill({ bugs: `${home}/issues`, homepage: `${home}#readme` });
      files = await makePackage('node', ['test/package/run.mjs']);
      const targets = linkTargets(text('readme.md'));
      assert.deepEqual(
        targets.filter((target) => !isAbsolute(target)),
        [],
      );
      const readme = await readFile('README.md', 'utf8');
      for (const target of linkTargets(readme).filter((one) => !isAbsolute(one))) {
        await stat(target);
        const folder = /\.(png|svg)$/.test(target) ? 'raw' : 'blob';
        assert.ok(targets.includes(`${home}/${folder}/HEAD/${target}`), target);
      }
    });
  });
});

/** A copy of what is in the repository, below this one: tools that only build are found from there. */
async function cleanClone(): Promise<string> {
  await mkdir('dist', { recursive: true });
  const root = process.cwd();
  const clone = await mkdtemp(path.join(root, 'dist/clone-'));
  const left = ['.git', 'dist', 'node_modules'];
  for (const name of (await readdir(root)).filter((one) => !left.includes(one)))
    await cp(path.join(root, name), path.join(clone, name), {
      recursive: true,
      filter: (source) => path.basename(source) !== 'node_modules',
    });
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable']);
  for (const folder of stdout.trim().split('\n').slice(1))
    await cp(folder, path.join(clone, path.relative(root, folder)), { recursive: true });
  return clone;
}
