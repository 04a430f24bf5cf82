import { History, rangeStep, type HistoryAnswer } from './history.ts';
import { seriesNames } from './chart_specs.ts';
import type { NodeClient } from './node_client.ts';
import type { Range } from './url_state.ts';

const leastInterval = 2_000; // ms: a second's point more often than this would be seen by nobody

/** Keeps the history of one range up to date: all of it first, then what has come since. */
export class HistoryFeed {
  history: History;
  private askedAt = -Infinity;

  constructor(private client: NodeClient, readonly range: Range) {
    this.history = new History(range);
  }

  /** Asks for more if it is time. `now`: ms of a clock that never jumps. Returns whether something new came. */
  async update(now: number): Promise<boolean> {
    if (now - this.askedAt < Math.max(leastInterval, rangeStep[this.range] * 1000))
      return false;
    this.askedAt = now;
    const asked = this.history;
    const since = asked.last === undefined ? '' : `&since=${asked.last}`;
    try {
      const { body } = await this.client.get<HistoryAnswer>(`/stats/history?range=${this.range}${since}&series=${seriesNames.join(',')}`);
      asked.add(body);
      return true;
    } catch {
      this.askedAt = -Infinity; // again with the next figures
      return false;
    }
  }

  /** The node has begun anew: its history, too. */
  reset(): void {
    this.history = new History(this.range);
    this.askedAt = -Infinity;
  }
}
