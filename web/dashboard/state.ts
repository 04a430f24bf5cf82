import type { Connection } from './connection.ts';
import { clock, moment, secondsSince, span, words } from './format.ts';
import type { Stats } from './stats.ts';

/** What the page says of the whole: one word, why, and since when. */
export interface ShownState {
  /** ok, degraded, down, lost, stale or connecting; of the node's words also others. It chooses colour and icon. */
  level: string;
  word: string;
  cause: string;
  since: string;
}

const usualCause: Record<string, string> = {
  ok: 'Everything works as it should.',
  degraded: 'Something does not work as it should.',
  down: 'The node answers hardly anything.',
};

/** `now`: ms since 1970 by the node's clock. `ago`: seconds since the last answer, or the last new snapshot. */
export function describeState(connection: Pick<Connection, 'link'>, stats: Stats | undefined, now: number, ago: number,
                              why: string): ShownState {
  const last = stats && `Last known state: ${words(stats.state.word)}, at ${clock(stats.sampled_at)} UTC`;
  switch (connection.link) {
    case 'connecting':
      return { level: 'connecting', word: 'Connecting', cause: 'Asking the node how it is.', since: '' };
    case 'lost':
      return { level: 'lost', word: 'Connection lost', cause: why, since: last ?? 'Nothing has been heard yet' };
    case 'stale':
      return {
        level: 'stale',
        word: 'Stale',
        cause: `The node answers, but its figures have stood still for ${span(ago)}.`,
        since: last!,
      };
    case 'live':
      return ofNode(stats!, now);
  }
}

function ofNode({ state }: Stats, now: number): ShownState {
  const cause = state.cause ?? usualCause[state.word] ?? '';
  return {
    level: state.word,
    word: state.word === 'ok' ? 'OK' : words(state.word),
    cause: /[.!?]$/.test(cause) || cause === '' ? cause : `${cause}.`,
    since: `since ${moment(state.since, now)} UTC, for ${span(secondsSince(state.since, now))}`,
  };
}
