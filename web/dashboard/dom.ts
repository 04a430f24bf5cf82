type Child = Node | string;

/** Returns the element of index.html with this id. */
export function byId<T extends Element = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element)
    throw new Error(`index.html lacks #${id}`);
  return element as unknown as T;
}

/** Makes an element. No attribute may be `style`: the policy forbids it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Record<string, string> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const svgSpace = 'http://www.w3.org/2000/svg';

export function makeSvg(tag: string, attributes: Record<string, string> = {}, ...children: Node[]): SVGElement {
  const element = document.createElementNS(svgSpace, tag);
  for (const [name, value] of Object.entries(attributes))
    element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Makes one of index.html's icons. A word stands beside each, so it is nothing to screen readers. */
export function icon(name: string): SVGElement {
  return makeSvg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    makeSvg('use', { href: `#icon-${name}` }));
}

/** Changes an icon that icon() made. */
export function setIcon(element: Element, name: string): void {
  setAttribute(element.firstElementChild!, 'href', `#icon-${name}`);
}

/** Sets a text, only if it is another: so that a selection stays and nothing is laid out anew. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text)
    element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value)
    element.setAttribute(name, value);
}

/** A row or card that shows one thing, and can show it anew. */
export interface Shown<T> {
  element: HTMLElement;
  show(item: T): void;
}

/** Keeps the children of an element like a list of things, each known by its key: those that stay are changed in place. */
export class ShownList<T> {
  private shown = new Map<string, Shown<T>>();

  constructor(private parent: Element, private keyOf: (item: T) => string, private create: (item: T) => Shown<T>) {
  }

  show(items: readonly T[]): void {
    const before = this.shown;
    this.shown = new Map();
    let place: Element | null = this.parent.firstElementChild;
    for (const item of items) {
      const key = this.keyOf(item);
      const entry = before.get(key) ?? this.create(item);
      before.delete(key);
      this.shown.set(key, entry);
      entry.show(item);
      if (entry.element === place)
        place = place.nextElementSibling;
      else
        this.parent.insertBefore(entry.element, place);
    }
    for (const gone of before.values())
      gone.element.remove();
  }
}

/** A list of terms with values: `terms` of term and unit are fixed, the values are set in their order. */
export class Facts {
  readonly element = make('dl', { class: 'facts' });
  private values: HTMLElement[] = [];

  constructor(...terms: string[]) {
    for (const term of terms) {
      const value = make('dd');
      this.values.push(value);
      this.element.append(make('div', {}, make('dt', {}, term), value));
    }
  }

  show(...texts: string[]): void {
    texts.forEach((text, i) => setText(this.values[i]!, text));
  }
}
