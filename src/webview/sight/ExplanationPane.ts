/** The pane below the table: what one cell is, how it compares, and which call made it so. */
import type { SightColumn } from '../../core/sight/sightLine';
import type { SightMessage, SightTexts } from '../../ui/views/sight/messages';
import { button, element } from '../element';

interface PaneActions {
  readonly act: (kind: 'inspect' | 'reveal', key: string) => void;
  readonly closed: () => void;
}

export class ExplanationPane {
  readonly element = element('aside');
  readonly #title = element('h2');
  readonly #list = element('dl');
  readonly #inside = element('div', '', 'actions');
  readonly #nothing: string;
  #awaited = '';
  #key = '';

  constructor(texts: SightTexts, actions: PaneActions) {
    this.#nothing = texts.nothingChosen;
    this.element.setAttribute('aria-live', 'polite');
    this.element.setAttribute('aria-label', texts.explanation);
    this.#inside.append(
      button(texts.inspect, () => actions.act('inspect', this.#key)),
      button(texts.reveal, () => actions.act('reveal', this.#key)),
    );
    this.element.append(this.#title, this.#list, this.#inside);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') actions.closed();
    });
    this.#clear();
  }

  /** An answer to an earlier question is not shown. */
  await(key: string, column: SightColumn): void {
    this.#awaited = `${key} ${column}`;
  }

  show(message: Extract<SightMessage, { kind: 'explanation' }>): void {
    if (this.#awaited !== `${message.key} ${message.column}`) return;
    this.#key = message.key;
    this.#title.textContent = message.title;
    this.#title.className = '';
    this.#list.replaceChildren(
      ...message.paragraphs.flatMap(({ heading, text }) => [
        element('dt', heading),
        element('dd', text),
      ]),
    );
    this.#inside.hidden = !message.isInside;
  }

  /** Nothing is said of a process that has ended. */
  keep(keys: readonly string[]): void {
    if (this.#key !== '' && !keys.includes(this.#key)) this.#clear();
  }

  #clear(): void {
    this.#key = '';
    this.#title.textContent = this.#nothing;
    this.#title.className = 'nothing';
    this.#list.replaceChildren();
    this.#inside.hidden = true;
  }
}
