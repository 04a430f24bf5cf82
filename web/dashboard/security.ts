import { byId, Facts, make, setText, ShownList, type Shown } from './dom.ts';
import { count, listMoment, perSecond, span, words } from './format.ts';
import type { Reason, Security, Stats } from './stats.ts';

/** A small table with a title, and a sentence where it has no row. */
class SmallTable<T> {
  private body = make('tbody');
  private empty: HTMLElement;
  private rows: ShownList<T>;
  private scroller: HTMLElement;
  readonly element: HTMLElement;

  constructor(title: string, heads: string[], empty: string, keyOf: (item: T) => string, texts: (item: T) => string[]) {
    this.empty = make('p', { class: 'quiet' }, empty);
    this.scroller = make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
      make('table', {}, make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))), this.body));
    this.element = make('div', {}, make('h3', {}, title), this.empty, this.scroller);
    this.rows = new ShownList<T>(this.body, keyOf, () => row(heads.length, texts));
  }

  show(items: readonly T[]): void {
    this.rows.show(items);
    this.empty.hidden = items.length > 0;
    this.scroller.hidden = items.length === 0;
  }
}

function row<T>(width: number, texts: (item: T) => string[]): Shown<T> {
  const cells = Array.from({ length: width }, (_, i) => (i === 0 ? make('th', { scope: 'row' }) : make('td')));
  return {
    element: make('tr', {}, ...cells),
    show(item) {
      texts(item).forEach((text, i) => setText(cells[i]!, text));
    },
  };
}

/** Who is refused and why, which keys are used, and when the certificate ends. */
export class SecurityPanel {
  private now = 0;
  private suspects = new SmallTable<Security['suspects'][number]>('Suspected of guessing numbers',
    ['Client (masked)', 'Why', 'Since', 'Refused until'], 'Nobody is suspected.', ({ client, fault }) => client + fault,
    ({ client, fault, since, until }) => [client, words(fault), listMoment(since, this.now), listMoment(until, this.now)]);
  private keys = new SmallTable<Security['keys']['used'][number]>('Keys used', ['Key', 'Rate', 'Requests', 'Last used'],
    'No key has been used.', ({ key }) => key,
    (key) => [key.key, perSecond(key.per_s), count(key.requests), listMoment(key.last_used, this.now)]);
  private reasons = new SmallTable<Reason>('Refusals by reason', ['Reason', 'Rate', 'Since start'], 'Nothing has been refused.',
    ({ reason }) => reason, ({ reason, per_s: rate, total }) => [words(reason), perSecond(rate), count(total)]);
  private facts = new Facts('keys known', 'without a key', 'certificate', 'audit log');

  constructor() {
    this.facts.element.classList.add('wide');
    byId('security_body').append(
      make('div', {}, this.suspects.element, make('h3', {}, 'Access'), this.facts.element), this.keys.element, this.reasons.element);
  }

  show({ security, tiles }: Stats, now: number): void {
    this.now = now;
    this.suspects.show(security.suspects);
    this.keys.show(security.keys.used);
    this.reasons.show(tiles.refused.by_reason.filter(({ total }) => total > 0));
    const { certificate_expires_at: ends, audit, without_key: without, keys } = security;
    this.facts.show(keys.configured ? count(keys.known) : 'none configured', `${perSecond(without.per_s)}, ${count(without.requests)} in all`,
      ends ? `ends in ${span((Date.parse(ends) - now) / 1000)}` : 'none',
      `${count(audit.written)} written, ${count(audit.dropped)} dropped`);
  }
}
