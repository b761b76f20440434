/**
 * The page of the usage panel: two charts of one container, a line that says what is under the cursor, and
 * the same as a table. Runs in a webview, sandboxed; everything it shows comes from UsagePanel.ts.
 */
import uPlot from 'uplot';
import './usage.css';
import type {
  UsageMessage,
  UsageReady,
  UsageState,
  UsageTexts,
} from '../../ui/views/usage/messages';
import { parseUsageMessage } from '../../ui/views/usage/parseMessages';
import { formatBytes } from '../../core/tree/formatAmounts';
import { type UsageSample, maxSamples } from '../../core/tree/usage';
import { button, element, tableHead } from '../element';
import { openPage } from '../page';

/** How much may be missing after a reload, in seconds. */
const keepEvery = 5;

/** Rows of the table, newest first. */
const tableRows = 60;
const chartHeight = 160;
/** The chart shows a minute at least, so that its first seconds do not look like hours. */
const leastSeconds = 60;
const percents = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000];
const powersOfTwo = Array.from({ length: 44 }, (_, exponent) => 2 ** exponent);

const { id = '', name = '', texts: textsJson = '{}' } = document.body.dataset;
const texts = JSON.parse(textsJson) as UsageTexts;

const page = openPage<UsageMessage, UsageReady, UsageState>(parseUsageMessage, hear);
const samples: UsageSample[] = [];
/** What their times count from, in seconds since the epoch. */
let bootedAt = 0;
/** Of the last sample that VS Code keeps. */
let keptAt = -Infinity;
let isPaused = false;
let hasEnded = false;

const pause = button(texts.pause, () => {
  isPaused = !isPaused;
  pause.textContent = isPaused ? texts.resume : texts.pause;
  pause.setAttribute('aria-pressed', String(isPaused));
  draw();
});
const note = element('p', '', 'note');
note.setAttribute('role', 'status');
const header = element('header');
header.append(element('h1', name), pause);
const cpu = chart(
  texts.cpu,
  '--vscode-charts-blue',
  (value) => `${Math.round(value)} %`,
  ({ cpu: load }) => (load === null ? texts.nothing : `${Math.round(load)} %`),
  10,
  percents,
);
const memory = chart(
  texts.memory,
  '--vscode-charts-green',
  formatBytes,
  memoryText,
  2 ** 20,
  powersOfTwo,
);
const charts = [cpu, memory];
const details = element('details');
const body = element('tbody');
const table = element('table');
table.append(tableHead([texts.time, texts.cpu, texts.memory, texts.processes]), body);
details.append(element('summary', texts.table), table);
document.body.append(header, ...charts.map(({ place }) => place), note, details);

details.addEventListener('toggle', fillTable);
new ResizeObserver(() => {
  for (const { plot, place } of charts)
    plot.setSize({ width: place.clientWidth, height: chartHeight });
}).observe(document.body);
// VS Code writes the theme's colours into the style of the root element.
new MutationObserver(() => {
  for (const { plot } of charts) plot.redraw(false, true);
}).observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });

function hear(message: UsageMessage): void {
  if (message.kind === 'all') samples.length = 0;
  if (message.kind === 'ended' || (message.kind === 'all' && message.ended)) hasEnded = true;
  if (message.kind !== 'ended') {
    samples.push(...message.samples);
    ({ bootedAt } = message);
  }
  samples.splice(0, samples.length - maxSamples);
  draw();
  const { at } = samples.at(-1) ?? { at: 0 };
  if (message.kind === 'more' && at - keptAt < keepEvery) return;
  page.keep({ id, name, samples, bootedAt });
  keptAt = at;
}

function draw(): void {
  note.textContent = hasEnded ? texts.ended : isPaused ? texts.paused : '';
  if (isPaused) return;
  const times = samples.map(({ at }) => at);
  cpu.show(
    times,
    samples.map((sample) => sample.cpu),
  );
  memory.show(
    times,
    samples.map((sample) => sample.memory),
  );
  fillTable();
}

function fillTable(): void {
  if (!details.open || isPaused) return;
  const rows = samples.slice(-tableRows).reverse();
  body.replaceChildren(
    ...rows.map((sample) => {
      const { at, cpu: load, processes } = sample;
      const row = element('tr');
      const cells = [
        timeOf(at),
        load === null ? texts.nothing : `${load} %`,
        load === null ? '' : memoryText(sample),
        processes === null ? '' : String(processes),
      ];
      row.append(...cells.map((text) => element('td', text)));
      return row;
    }),
  );
}

/** What is known of the memory at that moment, in words. */
function memoryText({ cpu: load, memory: bytes, isUpperBound }: UsageSample): string {
  if (bytes === null) return load === null ? texts.nothing : texts.unread;
  return isUpperBound ? texts.atMost.replace('{0}', formatBytes(bytes)) : formatBytes(bytes);
}

/** A chart with its heading, and what the keyboard does with it. */
function chart(
  title: string,
  colour: string,
  format: (value: number) => string,
  words: (sample: UsageSample) => string,
  least: number,
  incrs: number[],
) {
  const heading = element('h2');
  const value = element('strong');
  heading.append(`${title}: `, value);
  const place = element('section');
  place.tabIndex = 0;
  place.setAttribute('role', 'img');
  place.setAttribute('aria-description', texts.hint);
  place.append(heading);
  const line = () => styleOf(colour);
  const axis: uPlot.Axis = {
    stroke: () => styleOf('--vscode-descriptionForeground'),
    grid: { stroke: () => styleOf('--vscode-editorIndentGuide-background1'), width: 1 },
    ticks: { show: false },
  };
  let data: [number[], (number | null)[]] = [[], []];
  const tell = (at: number | null | undefined) => {
    const index = at ?? data[0].length - 1;
    const [time, sample] = [data[0][index], samples[index]];
    const text = sample ? words(sample) : texts.nothing;
    value.textContent = time === undefined ? '' : at == null ? text : `${text} (${timeOf(time)})`;
    place.setAttribute('aria-label', `${title}: ${value.textContent}`);
  };
  const plot = new uPlot(
    {
      width: Math.max(200, document.body.clientWidth - 32),
      height: chartHeight,
      legend: { show: false },
      cursor: { sync: { key: 'usage' }, drag: { x: true, y: false }, y: false },
      scales: {
        x: { range: (_, first, last) => [Math.min(first, last - leastSeconds), last] },
        y: { range: (_, __, most) => [0, Math.max(least, most * 1.1)] },
      },
      axes: [
        { ...axis, values: (_, times) => times.map(timeOf), space: 90 },
        { ...axis, values: (_, values) => values.map(format), size: 70, incrs },
      ],
      series: [
        {},
        {
          stroke: line,
          width: 1.5,
          fill: () => `color-mix(in srgb, ${line()} 18%, transparent)`,
          points: { show: false },
        },
      ],
      hooks: { setCursor: [({ cursor }) => tell(cursor.idx)] },
    },
    data,
    place,
  );
  place.addEventListener('keydown', (event) => move(plot, event));
  return {
    place,
    plot,
    show(times: number[], values: (number | null)[]) {
      data = [times, values];
      plot.setData(data);
      tell(plot.cursor.idx);
    },
  };
}

/** The cursor by keys: one sample, ten with Shift, or to an end. */
function move(plot: uPlot, event: KeyboardEvent): void {
  const last = plot.data[0].length - 1;
  const at = plot.cursor.idx ?? last;
  const step = event.shiftKey ? 10 : 1;
  const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last }[event.key];
  if (to === undefined || last < 0) return;
  event.preventDefault();
  const time = plot.data[0][Math.min(last, Math.max(0, to))]!;
  plot.setCursor({ left: plot.valToPos(time, 'x'), top: 0 });
}

function timeOf(seconds: number): string {
  return new Date((bootedAt + seconds) * 1000).toLocaleTimeString(undefined, { hourCycle: 'h23' });
}

function styleOf(property: string): string {
  const value = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
  return value === '' ? 'currentcolor' : value;
}
