// npm run bench -- picture: what the picture costs where many processes run. In the extension host, the picture
// of each update beside the process tree's own part of that update; in Chromium, the page's frames while it is
// drawn anew. Both with the code of the product, outside of VS Code; then the same in VS Code, with a container.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePackages, findBrowser } from '../host/debian.mjs';
import { SetupError, projectRoot } from '../host/project.mjs';
import { loadParts } from './parts.mjs';
import { inWindow } from './pictureWindow.mjs';

export const about = 'the picture at 10, 1,000 and 10,000 processes: extension host and frames';
export const level = 'ui';

const root = projectRoot();
const id = '0123456789abcdef';
/** How long the page is watched for one figure, in updates. */
const updates = 12;

const parts = `
  export { ProcessTree } from './src/core/tree/processTree';
  export { PictureSource } from './src/ui/views/picture/PictureSource';
  export { pictureTexts } from './src/ui/views/picture/pictureTexts';`;

/** @type {import('./run.mjs').Bench['bench']} */
export async function bench({ runs = 7, smallest }) {
  if (process.getuid?.() !== 0)
    throw new SetupError('This bench makes PID namespaces.', 'Run it as root.');
  await ensurePackages('containers', 'compiler', 'browser');
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-bench-'));
  const samples = [];
  /** @type {[string, string][]} */
  const ratios = [];
  try {
    const ours = await loadParts(folder, parts);
    const page = await openPage(ours);
    try {
      for (const size of smallest ? [10] : [10, 1000, 10_000]) {
        /** @type {Record<string, number[]>} */
        const values = { tree: [], picture: [], drawing: [], frame: [] };
        for (let run = 0; run < runs; run++) {
          const scene = new Scene(ours, size);
          const pictures = Array.from({ length: updates }, () => {
            const { tree, picture, made } = scene.update();
            values.tree?.push(tree);
            values.picture?.push(picture);
            return made;
          });
          scene.end();
          const { drawing, frame } = await page.show(pictures);
          values.drawing?.push(...drawing);
          values.frame?.push(frame);
        }
        const sample = (/** @type {string} */ name, /** @type {string} */ of) => ({
          ...{ name: `${size}: ${name}`, unit: 'ms' },
          values: /** @type {number[]} */ (values[of]),
        });
        samples.push(
          sample('extension host, picture of an update', 'picture'),
          sample('extension host, tree of an update', 'tree'),
          sample('page, drawing of an update', 'drawing'),
          sample('page, longest frame', 'frame'),
        );
        ratios.push([
          `${size}: extension host, picture of an update`,
          `${size}: extension host, tree of an update`,
        ]);
      }
    } finally {
      await page.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const size of smallest ? [100] : [1000, 10_000]) {
    const found = await inWindow(size, runs, Boolean(smallest));
    samples.push(...found.samples);
    ratios.push(...found.ratios);
  }
  return { samples, ratios, skipped: [] };
}

/** @param {number} pid @param {number} ppid @param {string} name */
function info(pid, ppid, name) {
  const startTime = String(pid);
  return {
    ...{ key: `1:${pid}:${startTime}`, pid, hostPid: 5000 + pid, ppid, startTime, name },
    ...{ commandLine: name, state: 'S', uid: 0, euid: 0, rss: 4096, threads: 1, cpu: 0 },
    ...{ nice: 0, startedAt: 0, adopted: false },
  };
}

/** One container whose processes change: in each update one of a hundred ends, starts, and is renamed. */
class Scene {
  #next;
  /** @type {(change: object) => void} */
  #tell = () => undefined;

  /** @param {any} ours @param {number} size */
  constructor(ours, size) {
    this.size = size;
    this.#next = size + 1;
    this.tree = new ours.ProcessTree();
    const silent = () => ({ dispose: () => undefined });
    const container = {
      ...{ name: 'box', rootfs: '/home/me/box/rootfs', state: 'running' },
      info: { id, privilege: 'root' },
    };
    this.source = new ours.PictureSource({
      containers: { all: [container], onDidChange: silent },
      processes: {
        of: () => ({ tree: this.tree }),
        subscribe: silent,
        onDidChange: (/** @type {(change: object) => void} */ listener) => {
          this.#tell = listener;
          return silent();
        },
      },
      places: { of: () => undefined, subscribe: silent, onDidChange: silent },
      helpers: { get: () => undefined },
      shared: { current: undefined },
    });
    this.source.wake(true);
    const all = [info(1, 0, 'init')];
    // A tenth are parents; the others are their children, of a few programs.
    for (let pid = 2; pid <= size; pid++) all.push(this.#one(pid));
    this.tree.apply({ id, full: true, upserted: all, removed: [] });
    this.source.make();
  }

  /** @param {number} pid */
  #one(pid) {
    const parents = Math.max(1, Math.floor(this.size / 10));
    const ppid = pid <= parents ? 1 : (pid % parents) + 1;
    return info(pid, ppid, `program ${pid % 5}`);
  }

  /** Times of one update, in ms, and the picture that it leads to. */
  update() {
    const count = Math.max(1, Math.floor(this.size / 100));
    const last = this.#next;
    const upserted = [];
    const removed = [];
    for (let at = 0; at < count; at++) {
      upserted.push(this.#one(this.#next++));
      removed.push(this.#one(last - 1 - at).key);
      upserted.push({ ...this.#one(2 + at), name: `renamed ${last}` });
    }
    const start = performance.now();
    const change = this.tree.apply({ id, full: false, upserted, removed });
    const between = performance.now();
    this.#tell({ id, ...change });
    const made = this.source.make();
    JSON.stringify(made);
    return { tree: between - start, picture: performance.now() - between, made };
  }

  end() {
    this.source.dispose();
  }
}

/** The page of the panel in a browser of its own. @param {any} ours */
async function openPage(ours) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: findBrowser(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const texts = JSON.stringify(ours.pictureTexts())
      .replaceAll('&', '&amp;')
      .replaceAll('"', '&quot;');
    await page.setContent(`<html><body data-texts="${texts}"></body></html>`);
    await page.addStyleTag({
      content: await readFile(join(root, 'dist/webview/picture.css'), 'utf8'),
    });
    await page.evaluate(`
      window.acquireVsCodeApi = () => ({ postMessage() {}, setState() {}, getState() {} });
      const ask = window.requestAnimationFrame.bind(window);
      window.drawing = [];
      window.requestAnimationFrame = (draw) => ask((time) => {
        const start = performance.now();
        draw(time);
        document.body.getBoundingClientRect(); // with the layout that follows
        window.drawing.push(performance.now() - start);
      });
      window.watch = async (pictures) => {
        window.drawing = [];
        let [before, frame, over] = [undefined, 0, false];
        const tick = (time) => {
          if (before !== undefined) frame = Math.max(frame, time - before);
          before = time;
          if (!over) ask(tick);
        };
        ask(tick);
        for (const picture of pictures) {
          window.postMessage({ kind: 'picture', picture }, '*');
          await new Promise((resolve) => setTimeout(resolve, 80));
        }
        over = true;
        return { drawing: window.drawing, frame };
      };`);
    await page.addScriptTag({
      content: await readFile(join(root, 'dist/webview/picture.js'), 'utf8'),
    });
    return {
      /** @param {unknown[]} pictures @returns {Promise<{ drawing: number[], frame: number }>} in ms; the frame is the longest of all */
      show: (pictures) => page.evaluate(`window.watch(${JSON.stringify(pictures)})`),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
