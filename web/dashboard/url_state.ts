// What is shown is in the address, so that it can be sent to a colleague, and the browser's back button goes back.

export const ranges = ['10m', '6h', '7d'] as const;
export type Range = (typeof ranges)[number];

export interface UrlState {
  range: Range;
  filter: string;
  sort: string;
  descending: boolean;
  paused: boolean;
}

const usual: UrlState = { range: '10m', filter: '', sort: 'busy_share', descending: true, paused: false };

/** Reads the query of an address. What is not understood is as usual. */
export function parseState(query: string): UrlState {
  const fields = new URLSearchParams(query);
  const range = ranges.find((known) => known === fields.get('range')) ?? usual.range;
  const sort = /^[a-z0-9_]{1,40}$/.exec(fields.get('sort') ?? '')?.[0] ?? usual.sort;
  return {
    range,
    filter: fields.get('filter') ?? usual.filter,
    sort,
    descending: fields.has('order') ? fields.get('order') !== 'asc' : usual.descending,
    paused: fields.get('paused') === '1',
  };
}

/** Writes the query of an address, "?…" or nothing: only what is not as usual. */
export function queryOf(state: UrlState): string {
  const fields = new URLSearchParams();
  if (state.range !== usual.range)
    fields.set('range', state.range);
  if (state.filter !== usual.filter)
    fields.set('filter', state.filter);
  if (state.sort !== usual.sort)
    fields.set('sort', state.sort);
  if (state.descending !== usual.descending)
    fields.set('order', 'asc');
  if (state.paused)
    fields.set('paused', '1');
  const text = fields.toString();
  return text && `?${text}`;
}
