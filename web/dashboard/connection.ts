import type { Stats } from './stats.ts';

const staleAfter = 3_000; // ms: a snapshot is made every second
const clockGrain = 1_000; // ms: the Date header has whole seconds
const firstRetry = 1_000; // ms
const longestRetry = 10_000; // ms

/** How the page hears from the node: not yet, each second, of a snapshot that stands still, not any more. */
export type Link = 'connecting' | 'live' | 'stale' | 'lost';

/** Judges the connection by what came of each question. Times are ms of one clock of the browser that never jumps. */
export class Connection {
  link: Link = 'connecting';
  /** When the last answer came, or that of the last new snapshot; undefined: never. */
  heardAt: number | undefined;
  newAt: number | undefined;
  failures = 0;
  private sequence: string | undefined;

  /** An answer came. `serverTime`: ms since 1970, of its Date header; NaN if it had none. */
  answered(stats: Pick<Stats, 'sequence' | 'sampled_at' | 'node'>, serverTime: number, now: number): void {
    const sequence = `${stats.node.started_at} ${stats.sequence}`;
    if (sequence !== this.sequence)
      this.newAt = now;
    this.sequence = sequence;
    this.heardAt = now;
    this.failures = 0;
    const old = serverTime - Date.parse(stats.sampled_at) > staleAfter + clockGrain;
    this.link = old || now - this.newAt! > staleAfter ? 'stale' : 'live';
  }

  failed(): void {
    ++this.failures;
    this.link = 'lost';
  }

  /** How long to wait until the next question after a failed one: twice as long each time. */
  retryDelay(): number {
    return Math.min(longestRetry, firstRetry * 2 ** (this.failures - 1));
  }
}
