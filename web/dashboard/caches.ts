import { Badge } from './badge.ts';
import { byId, Facts, make, setText } from './dom.ts';
import { bytes, count, percent, perSecond } from './format.ts';
import { Meter } from './meter.ts';
import type { Stats } from './stats.ts';

/** One level: its name and state, its hit ratio, how full it is, and more. */
class Level {
  private state = new Badge();
  private ratio = make('span', { class: 'ratio' });
  private meter = new Meter();
  private size = make('span', { class: 'quiet' });
  private facts: Facts;
  readonly element: HTMLElement;

  constructor(name: string, ...terms: string[]) {
    this.facts = new Facts(...terms);
    this.element = make('div', { class: 'cache' }, make('div', { class: 'headline' }, make('h3', {}, name), this.state.element,
      this.ratio), make('p', { class: 'level' }, this.meter.element, this.size), this.facts.element);
  }

  /** `full`: 0 to 1, null where it has no limit of its own. */
  show(level: string, word: string, ratio: number | null, full: number | null, size: string, ...facts: string[]): void {
    this.state.show(level, word);
    setText(this.ratio, `${percent(ratio)} hit`);
    this.meter.element.hidden = full === null;
    this.meter.show(full, 'quiet'); // a cache is meant to be full
    setText(this.size, size);
    this.facts.show(...facts);
  }
}

/** L1 in this process, L2 in Redis, L3 in the database, and that of cards. */
export class CachesPanel {
  private l1 = new Level('L1 memory', 'entries', 'hits', 'misses', 'negative hits', 'stale served', 'joined loads', 'evictions');
  private l2 = new Level('L2 Redis', 'entries', 'hits', 'misses', 'failures', 'owed');
  private l3 = new Level('L3 database', 'requests', 'reads from disk');
  private cards = new Level('Cards', 'data', 'codes', 'pictures');

  constructor() {
    byId('caches').append(this.l1.element, this.l2.element, this.l3.element, this.cards.element);
  }

  show({ caches: { l1, l2, l3, cards } }: Stats): void {
    this.l1.show('ok', 'on', l1.hit_ratio_percent, l1.bytes / l1.limit_bytes, `${bytes(l1.bytes)} of ${bytes(l1.limit_bytes)}`,
      count(l1.entries), perSecond(l1.hits_per_s), perSecond(l1.misses_per_s), perSecond(l1.negative_hits_per_s),
      perSecond(l1.stale_served_per_s), perSecond(l1.joined_loads_per_s), perSecond(l1.evictions_per_s));
    const [level, word] = !l2.configured ? ['off', 'off'] : l2.connected ? ['ok', 'connected'] : ['warn', 'unreachable'];
    this.l2.show(level!, word!, l2.hit_ratio_percent, null, bytes(l2.bytes), count(l2.entries), perSecond(l2.hits_per_s),
      perSecond(l2.misses_per_s), perSecond(l2.failures_per_s), count(l2.owed_invalidations));
    this.l3.element.hidden = !l3?.available;
    if (l3?.available)
      this.l3.show('ok', l3.name ?? 'on', l3.hit_ratio_percent, l3.bytes ? (l3.used_bytes ?? 0) / l3.bytes : null,
        `${bytes(l3.used_bytes)} of ${bytes(l3.bytes)}`, perSecond(l3.requests_per_s), perSecond(l3.reads_per_s));
    this.cards.show('ok', 'on', cards.hit_ratio_percent, cards.bytes / cards.limit_bytes,
      `${bytes(cards.bytes)} of ${bytes(cards.limit_bytes)}`, count(cards.entries.data), count(cards.entries.qr),
      count(cards.entries.pictures));
  }
}
