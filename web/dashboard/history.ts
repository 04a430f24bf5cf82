import type { NodeEvent } from './stats.ts';
import type { Range } from './url_state.ts';

type Column = (number | null)[];

/** An answer to GET /stats/history. */
export interface HistoryAnswer {
  at_s: number[];
  series: Record<string, { mean: Column; min?: Column; max?: Column }>;
  events: NodeEvent[];
}

/** How long each range is, and how far its points are apart; in seconds. */
export const rangeSeconds: Record<Range, number> = { '10m': 600, '6h': 21_600, '7d': 604_800 };
export const rangeStep: Record<Range, number> = { '10m': 1, '6h': 10, '7d': 60 };

/** The history of one range, put together from one whole answer and those with what came later. */
export class History {
  at: number[] = [];
  events: NodeEvent[] = [];
  private columns = new Map<string, Column>();

  constructor(readonly range: Range) {
  }

  /** The time of the newest point (Unix seconds); undefined: there is none. */
  get last(): number | undefined {
    return this.at.at(-1);
  }

  /** Returns a series' values, one for each of `at`; null is a gap. */
  column(name: string, kind: 'mean' | 'min' | 'max' = 'mean'): Column {
    return this.columns.get(`${name}.${kind}`) ?? this.at.map(() => null);
  }

  /** Appends what is later than what is there, and drops what is older than the range. */
  add(answer: HistoryAnswer): void {
    const last = this.last ?? -Infinity;
    const first = answer.at_s.findIndex((at) => at > last);
    const known = new Map(this.events.map((event) => [event.id, event]));
    for (const event of answer.events)
      known.set(event.id, event);
    this.events = [...known.values()].sort((a, b) => b.id - a.id);
    if (first < 0)
      return;
    const had = this.at.length;
    this.at = this.at.concat(answer.at_s.slice(first));
    const drop = this.firstWithin();
    const added = this.columns;
    this.columns = new Map();
    for (const [name, kinds] of Object.entries(answer.series))
      for (const [kind, values] of Object.entries(kinds)) {
        const key = `${name}.${kind}`;
        const before = added.get(key) ?? new Array<null>(had).fill(null);
        this.columns.set(key, before.concat(values.slice(first)).slice(drop));
      }
    this.at = this.at.slice(drop);
    const since = (this.at[0] ?? 0) * 1000;
    this.events = this.events.filter((event) => Date.parse(event.at) >= since);
  }

  private firstWithin(): number {
    const oldest = this.last! - rangeSeconds[this.range];
    return Math.max(0, this.at.findIndex((at) => at > oldest));
  }
}
