import { byId, make, setAttribute, setText } from './dom.ts';
import { bytes, count, milliseconds, none, percent, perSecond, words } from './format.ts';
import type { History } from './history.ts';
import type { Measure, Stats } from './stats.ts';
import { Trend } from './trend.ts';

/** One figure: what it is now, its peak of the last ten minutes, and its limit, where it has one. */
class Figure {
  private now = make('span', { class: 'now' });
  private peak = make('span');
  private limit = make('span', { class: 'limit' });
  readonly element: HTMLElement;

  constructor(private text: (value: number | null) => string, name?: string) {
    this.element = make('div', { class: 'figure' },
      make('p', { class: 'value' }, ...(name ? [make('span', { class: 'name' }, name)] : []), this.now),
      make('p', { class: 'bounds' }, this.peak, ' ', this.limit));
  }

  show({ now, peak, limit }: Measure): void {
    setText(this.now, this.text(now));
    const over = now !== null && limit !== null && now > limit;
    setText(this.peak, `peak ${this.text(peak)}`);
    setText(this.limit, limit === null ? 'no limit' : `${over ? '▲ over' : 'limit'} ${this.text(limit)}`);
    setAttribute(this.element, 'data-over', String(over));
  }
}

interface Tile {
  figures: [Figure, (stats: Stats) => Measure][];
  note: HTMLElement;
  noteOf: (stats: Stats) => string;
  trend: Trend;
  series: string;
}

function tile(title: string, series: string, noteOf: Tile['noteOf'], ...figures: Tile['figures']): Tile {
  const note = make('p', { class: 'note' });
  const trend = new Trend();
  byId('tiles').append(make('li', { class: 'tile' }, make('h3', {}, title),
    make('div', { class: 'figures' }, ...figures.map(([figure]) => figure.element)), note, trend.element));
  return { figures, note, noteOf, trend, series };
}

function largest(values: [string, number][], what: (name: string) => string): string {
  const some = values.filter(([, value]) => value > 0).sort(([, a], [, b]) => b - a);
  return some.length === 0 ? 'none now' : some.map(([name, value]) => `${what(name)} ${perSecond(value)}`).join(', ');
}

/** The five tiles of the first screen. */
export class Tiles {
  private tiles = [
    tile('Requests', 'requests_per_s', ({ gateway }) => `${bytes(gateway.bytes_out_per_s)}/s out`,
      [new Figure(perSecond), ({ tiles }) => tiles.requests]),
    tile('Response time', 'latency_p99_ms', ({ queue }) => `${count(queue.waiting)} waiting in the queue`,
      [new Figure(milliseconds, 'p50'), ({ tiles }) => tiles.latency.p50],
      [new Figure(milliseconds, 'p99'), ({ tiles }) => tiles.latency.p99]),
    tile('Errors', 'errors_percent',
      ({ tiles }) => largest(Object.entries(tiles.errors.by_status).filter(([status]) => status >= '500' || status === '408'), (name) => name),
      [new Figure(percent), ({ tiles }) => tiles.errors]),
    tile('Refused', 'refused_per_s',
      ({ tiles }) => largest(tiles.refused.by_reason.map(({ reason, per_s }) => [reason, per_s]), words),
      [new Figure(perSecond), ({ tiles }) => tiles.refused]),
    tile('Cards', 'cards_per_s', ({ cards }) => `${cards.failed === 0 ? 'none' : String(cards.failed)} failed since the start`,
      [new Figure(perSecond), ({ tiles }) => tiles.cards]),
  ];

  constructor() {
    for (const { note } of this.tiles)
      setText(note, none);
  }

  show(stats: Stats): void {
    for (const { figures, note, noteOf } of this.tiles) {
      for (const [figure, measure] of figures)
        figure.show(measure(stats));
      setText(note, noteOf(stats));
    }
  }

  showTrends(lastMinutes: History): void {
    for (const { trend, series } of this.tiles)
      trend.show(lastMinutes.column(series));
  }
}
