import { count, span } from './format.ts';

/** What an operator has to say for an action, besides the reason. */
export interface Field {
  name: string;
  label: string;
  /** Either its choices, as value and text, or it is digits. */
  choices?: [string, string][];
  initial?: string;
  least?: number;
  most?: number;
}

export type Values = Record<string, string>;

/** Something that an operator can do (POST /actions/NAME). */
export interface Action {
  name: string;
  title: string;
  what: string;
  button: string;
  /** It cannot be undone, or clients notice it. */
  grave?: boolean;
  fields: Field[];
  body: (values: Values) => object;
  /** Says what will happen, before it does. `now`: ms since 1970, by the node's clock. */
  question: (values: Values, now: number) => string;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical', 'off'];
const times: [string, string][] = [
  ['300', '5 min'], ['900', '15 min'], ['3600', '1 h'], ['14400', '4 h'], ['86400', '24 h'],
];

function until(seconds: string | undefined, now: number): string {
  const end = new Date(now + Number(seconds) * 1000).toISOString();
  return `for ${span(Number(seconds))}, until ${end.slice(0, 10)} ${end.slice(11, 16)} UTC`;
}

const breakerMeanings: Record<string, (values: Values, now: number) => string> = {
  open: ({ for_s: time }, now) =>
    `The breaker is held open ${until(time, now)}. The database is not asked: members in the caches are answered, the others get 503. Then probes decide.`,
  closed: ({ for_s: time }, now) =>
    `The breaker is held closed ${until(time, now)}. The database is asked however often it fails. Then it is judged afresh.`,
  auto: () => 'The breaker decides by itself again, from now on.',
};

export const actions: Action[] = [
  {
    name: 'clear-cache',
    title: 'Clear one member',
    what: 'Drops what the caches know of one member.',
    button: 'Clear member',
    fields: [{ name: 'member_id', label: 'Member id', least: 1 }],
    body: ({ member_id: id }) => ({ member_id: id }),
    question: ({ member_id: id }) =>
      `Member ${id} is dropped from the memory of this node and from Redis. The next request for it asks the database.`,
  },
  {
    name: 'clear-cache',
    title: 'Clear all caches',
    what: 'Drops everything that the caches know.',
    button: 'Clear all',
    grave: true,
    fields: [],
    body: () => ({ everything: true }),
    question: () => 'All members are dropped from the memory of this node and from Redis. Until the caches are warm again the '
      + 'database gets every request.',
  },
  {
    name: 'warm-cache',
    title: 'Warm the cache',
    what: 'Loads members from the database ahead of requests.',
    button: 'Warm',
    fields: [{ name: 'member_limit', label: 'At most', initial: '1000', least: 100, most: 10_000 }],
    body: ({ member_limit: limit }) => ({ member_limit: Number(limit) }),
    question: ({ member_limit: limit }) => `Up to ${count(Number(limit))} members are loaded from the database into the caches.`,
  },
  {
    name: 'breaker',
    title: 'Circuit breaker',
    what: 'Holds it open or closed for a time, or lets it decide again.',
    button: 'Set breaker',
    grave: true,
    fields: [
      { name: 'state', label: 'State', choices: [['open', 'hold open'], ['closed', 'hold closed'], ['auto', 'decide by itself']] },
      { name: 'for_s', label: 'For', choices: times },
    ],
    body: ({ state, for_s: time }) => (state === 'auto' ? { state } : { state, for_s: Number(time) }),
    question: (values, now) => breakerMeanings[values.state!]!(values, now),
  },
  {
    name: 'log-level',
    title: 'Log level',
    what: 'Makes the log say more or less.',
    button: 'Set level',
    fields: [
      { name: 'level', label: 'Level', choices: levels.map((level) => [level, level]), initial: 'info' },
      { name: 'for_s', label: 'For', choices: [...times, ['', 'until changed']] },
    ],
    body: ({ level, for_s: time }) => (time ? { level, for_s: Number(time) } : { level }),
    question: ({ level, for_s: time }, now) =>
      `The log is written at level ${level}${time ? ` ${until(time, now)}; then at the configured one` : ' until it is changed again'}.`,
  },
  {
    name: 'reload',
    title: 'Reload keys and certificate',
    what: 'Reads API keys, card keys and the certificate again, as SIGHUP does.',
    button: 'Reload',
    fields: [],
    body: () => ({}),
    question: () => 'API keys, card keys and the certificate are read again. What cannot be read stays as it is.',
  },
  {
    name: 'drain',
    title: 'Drain',
    what: 'Ends this node in an orderly way.',
    button: 'Drain',
    grave: true,
    fields: [],
    body: () => ({}),
    question: () => 'This node tells its load balancer that it is not ready, answers what it has begun, and ends. There is no undo: '
      + 'it must be started again by hand or by its supervisor.',
  },
];

/** Says what an answer says. */
export function outcomeText({ message, parts }: { message: string; parts?: { what: string; outcome: string; detail: string | null }[] }): string {
  const each = (parts ?? []).map(({ what, outcome, detail }) => `${what.replace('_', ' ')}: ${outcome}${detail ? ` (${detail})` : ''}`);
  return each.length === 0 ? message : `${message} ${each.join(', ')}.`;
}
