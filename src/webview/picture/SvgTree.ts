/**
 * The shapes as an SVG that is a tree for keyboard and screen reader: one shape is in the tab order, arrow keys
 * go to others. A shape keeps its element for as long as it is there, and with it the focus. Made by main.ts.
 */
import type { Shape } from '../../core/picture/blocks';
import { type SvgNode, classOf, shapeNodes } from '../../core/picture/drawing';
import type { Layout } from '../../core/picture/layoutPicture';
import type { Target } from '../../core/picture/Picture';

interface Drawn {
  readonly element: SVGGElement;
  shape: Shape;
  /** What is drawn, as text. */
  text: string;
}

export class SvgTree {
  readonly element = svgElement('svg');
  readonly #drawn = new Map<string, Drawn>();
  #order: readonly string[] = [];
  #focused: string | undefined;

  /** @param choose a person wants to see it in the views */
  constructor(
    label: string,
    hint: string,
    private readonly choose: (target: Target) => void,
  ) {
    const { element } = this;
    element.setAttribute('role', 'tree');
    element.setAttribute('aria-label', label);
    element.setAttribute('aria-description', hint);
    element.addEventListener('click', ({ target }) => {
      const key = keyOf(target);
      if (key === undefined) return;
      this.#focus(key);
      this.#chooseAt(key);
    });
    element.addEventListener('keydown', (event) => this.#key(event));
    element.addEventListener('focusin', ({ target }) => this.#tabTo(keyOf(target)));
  }

  /** @param isSelected whether a shape is selected */
  draw({ shapes, width, height }: Layout, isSelected: (shape: Shape) => boolean): void {
    const { element } = this;
    element.setAttribute('width', String(width));
    element.setAttribute('height', String(height));
    const isFirst = this.#drawn.size === 0;
    const hadFocus = element.contains(document.activeElement);
    const gone = new Set(this.#drawn.keys());
    let place = element.firstChild;
    for (const shape of shapes) {
      gone.delete(shape.key);
      const group = this.#update(shape, isSelected(shape), isFirst);
      if (group === place) place = place.nextSibling;
      else element.insertBefore(group, place);
    }
    for (const key of gone) {
      this.#drawn.get(key)?.element.remove();
      this.#drawn.delete(key);
    }
    this.#order = shapes.map(({ key }) => key);
    if (this.#focused === undefined || !this.#drawn.has(this.#focused)) {
      this.#tabTo(this.#order[0]);
      // What had the focus has ended: a person goes on from the beginning.
      if (hadFocus && this.#order[0] !== undefined) this.#focus(this.#order[0]);
    }
  }

  /** Scrolls to what is selected, where it is not to be seen. */
  show(isSelected: (shape: Shape) => boolean): void {
    for (const { element, shape } of this.#drawn.values())
      if (isSelected(shape)) element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #update(shape: Shape, isSelected: boolean, isFirst: boolean): SVGGElement {
    const text = JSON.stringify([shape, isSelected]);
    let drawn = this.#drawn.get(shape.key);
    if (!drawn) {
      const element = svgElement('g');
      element.dataset.key = shape.key;
      element.setAttribute('role', 'treeitem');
      element.setAttribute('tabindex', '-1');
      drawn = { element, shape, text: '' };
      this.#drawn.set(shape.key, drawn);
    }
    const { element } = drawn;
    if (drawn.text === text) return element;
    const isNew = drawn.text === '' && !isFirst;
    Object.assign(drawn, { shape, text });
    element.setAttribute('class', `${classOf(shape, isSelected)}${isNew ? ' new' : ''}`);
    element.setAttribute('aria-level', String(shape.level));
    element.setAttribute('aria-label', shape.label);
    element.setAttribute('aria-selected', String(isSelected));
    element.replaceChildren(...shapeNodes(shape).map(made));
    return element;
  }

  #key(event: KeyboardEvent): void {
    const at = this.#order.indexOf(this.#focused ?? '');
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (key === 'Enter' || key === ' ') this.#chooseAt(this.#order[at]!);
    else {
      const to = this.#step(key, at);
      if (to === undefined) return;
      this.#focus(this.#order[Math.min(this.#order.length - 1, Math.max(0, to))]!);
    }
    event.preventDefault();
  }

  /** Up and down through all; left to what it is in or below, right to the first in it or below it. */
  #step(key: string, at: number): number | undefined {
    const level = (index: number) => this.#drawn.get(this.#order[index] ?? '')?.shape.level ?? 0;
    switch (key) {
      case 'ArrowDown':
        return at + 1;
      case 'ArrowUp':
        return at - 1;
      case 'Home':
        return 0;
      case 'End':
        return this.#order.length - 1;
      case 'ArrowRight':
        return level(at + 1) > level(at) ? at + 1 : at;
      case 'ArrowLeft': {
        let to = at - 1;
        while (to > 0 && level(to) >= level(at)) to--;
        return to;
      }
    }
    return undefined;
  }

  #focus(key: string): void {
    this.#tabTo(key);
    const element = this.#drawn.get(key)?.element;
    element?.focus({ preventScroll: true });
    element?.querySelector('.frame')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #tabTo(key: string | undefined): void {
    if (key === undefined) return;
    this.#drawn.get(this.#focused ?? '')?.element.setAttribute('tabindex', '-1');
    this.#focused = key;
    this.#drawn.get(key)?.element.setAttribute('tabindex', '0');
  }

  #chooseAt(key: string): void {
    const target = this.#drawn.get(key)?.shape.target;
    if (target) this.choose(target);
  }
}

function keyOf(target: EventTarget | null): string | undefined {
  return target instanceof Element
    ? target.closest<SVGGElement>('g[data-key]')?.dataset.key
    : undefined;
}

function svgElement<T extends keyof SVGElementTagNameMap>(tag: T): SVGElementTagNameMap[T] {
  return document.createElementNS('http://www.w3.org/2000/svg', tag);
}

function made({ tag, attributes, children }: SvgNode): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.map((one) => (typeof one === 'string' ? one : made(one))));
  return element;
}
