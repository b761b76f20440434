/** The colours of the picture: those of the theme, as CSS says them, and as they are now for a file. */
import { type ColourName, fontOf, styleRules } from '../../core/picture/drawing';
import type { Measure } from '../../core/picture/textLines';

/** `page.css` says why not the chart's colour alone. Some themes have none (orange, in high contrast). */
const legible = (variable: string) =>
  `color-mix(in srgb, var(${variable}, var(--vscode-foreground)) var(--chart-share), var(--vscode-foreground))`;

const colours: Readonly<Record<ColourName, string>> = {
  text: 'var(--vscode-foreground)',
  muted: 'var(--vscode-descriptionForeground)',
  namespace: legible('--vscode-charts-blue'),
  root: legible('--vscode-charts-green'),
  shared: legible('--vscode-charts-purple'),
  leak: legible('--vscode-charts-yellow'),
  frame:
    'var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-foreground) 35%, var(--vscode-editor-background)))',
  focus: 'var(--vscode-focusBorder)',
  background: 'var(--vscode-editor-background)',
};

/** The style of the page. A style sheet that is made by a script needs no word in the policy of the page. */
export function pageStyle(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styleRules((name) => colours[name], 'var(--vscode-font-family)'));
  return sheet;
}

/** The same with the colours that the theme has now, for a file. */
export function fileStyle(): { readonly style: string; readonly background: string } {
  const paper = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const probe = document.body.appendChild(document.createElement('span'));
  const now = (name: ColourName) => {
    probe.style.color = colours[name];
    for (const fill of [
      getComputedStyle(document.body).backgroundColor,
      getComputedStyle(probe).color,
    ]) {
      paper.fillStyle = fill;
      paper.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = paper.getImageData(0, 0, 1, 1).data;
    return `rgb(${red},${green},${blue})`;
  };
  const made = { style: styleRules(now, `${family()}, sans-serif`), background: now('background') };
  probe.remove();
  return made;
}

function family(): string {
  return getComputedStyle(document.body).fontFamily;
}

/** Remembers what it has measured. Made anew when the theme changes, which may bring another font. */
export function measurer(): Measure {
  const paper = document.createElement('canvas').getContext('2d')!;
  const known = new Map<string, number>();
  const letters = family();
  return (text, font) => {
    const key = `${font} ${text}`;
    let width = known.get(key);
    if (width === undefined) {
      paper.font = fontOf(font, letters);
      width = paper.measureText(text).width;
      if (known.size > 20_000) known.clear();
      known.set(key, width);
    }
    return width;
  };
}
